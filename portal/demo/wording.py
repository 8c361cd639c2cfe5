"""What the people of the demo write: orders, explanations of deviations, actions, flows, products."""

PRODUCTS = {
    "Molnbrygga AB": ("Bryggan Accesspunkt", "4.2.1", "Bryggan Meddelande", "2026.1"),
    "Säkerpost Sverige AB": ("Säkerpost AP", "7.0", "Säkerpost Funktionsbrevlåda", "3.4.2"),
}
FIRST_FLOWS = {
    "kommun": "Orosanmälningar från regionens akutmottagningar, och underrättelser mellan socialtjänster.",
    "region": "Samordnad vårdplanering med kommunerna, och intyg till statliga myndigheter.",
    "statlig_myndighet": "Begäran om yttrande till kommuner och svar på remisser.",
    "kommunalforbund": "Underrättelser till medlemskommunerna och till länsstyrelsen.",
    "privat_utforare": "Rapporter till de kommuner som har gett oss uppdraget.",
}
BASIS = (
    "Vi utför hemtjänst och särskilt boende på uppdrag av kommunen enligt socialtjänstlagen. "
    "Uppdraget är offentligt finansierat och kommunen är huvudman."
)
BASIS_REFUSED = "Vi driver kaféer i kommunens lokaler och vill kunna ta emot fakturaunderlag."

EVIDENCE = (
    "Se riktlinjen för informationssäkerhet, avsnitt {n}.",
    "Beslutat av ledningsgruppen, dnr KS {year}/{n}.",
    "Beskrivet i rutinen för meddelandesystemet, kapitel {n}.",
    "Kontrollerat vid internrevisionen {year}.",
)
PARTLY = (
    "Rutinen är framtagen men inte beslutad i alla förvaltningar.",
    "Gäller centralt. Två enheter återstår och är inplanerade.",
    "Vi gör det i praktiken men saknar skriftlig dokumentation.",
    "Leverantören gör det åt oss. Avtalet behöver kompletteras med hur vi följer upp.",
    "Infört för nya användare. De som fick behörighet tidigare återstår.",
)
NO = (
    "Inte infört än. Arbetet är planerat och har en ansvarig.",
    "Saknas i dag. Vi inför det tillsammans med leverantören.",
)
NOT_APPLICABLE = (
    "Vi delar inte it-drift med någon annan organisation.",
    "Vi använder en helhetslösning och driver ingen egen accesspunkt.",
)
MENDED = "Kompletterat efter granskningen: rutinen är nu beslutad och publicerad på intranätet."
ACTIONS = (
    ("organisational", "Besluta rutinen i alla förvaltningar"),
    ("organisational", "Dokumentera arbetssättet och utse ansvarig"),
    ("contract", "Komplettera avtalet med uppföljning"),
    ("technical", "Aktivera tvåfaktorsinloggning för äldre konton"),
    ("training", "Utbilda de enheter som återstår"),
)
RISK_ACTIONS = (
    ("technical", "Sätt upp bevakning av certifikatens slutdatum"),
    ("organisational", "Inför turlista för bevakning av funktionsadressen"),
    ("training", "Öva på att välja rätt funktionsadress"),
    ("contract", "Avtala om tid för återställning med operatören"),
)
EFFECTS = {
    "technical": "Felet upptäcks innan trafiken påverkas. Mäts i driftrapporten varje månad.",
    "organisational": "Alla vet vem som gör vad. Stickprov varje kvartal.",
    "training": "Nio av tio har gått utbildningen och svarar rätt i uppföljningen.",
    "contract": "Leverantören redovisar måtten vid varje uppföljningsmöte.",
}
AFFECTED = "Meddelanden till och från våra funktionsadresser"
CONTROLS = (
    "Adressboken visar hela sökvägen och mottagaren bekräftas innan meddelandet skickas.",
    "Behörigheter gås igenom varje kvartal av systemförvaltaren.",
    "Operatören bevakar dygnet runt och larmar vår driftgrupp.",
    "Turlista för bevakning, med ersättare.",
)
FLOWS = (
    ("Orosanmälan om barn", "in", "region", ("serious", "serious", "significant", "significant")),
    ("Utskrivningsklar patient", "both", "region", ("serious", "significant", "serious", "significant")),
    ("Underrättelse till annan socialtjänst", "both", "kommun", ("serious", "significant", "moderate", None)),
    (
        "Yttrande till tillsynsmyndighet",
        "out",
        "statlig_myndighet",
        ("significant", "significant", "moderate", None),
    ),
    ("Remiss och svar", "both", "statlig_myndighet", ("moderate", "significant", "moderate", None)),
    ("Rapport från utförare", "in", "privat_utforare", ("significant", "moderate", "moderate", None)),
)
STAFFED = ("Mottagningen, barn och unga", "Biståndsenheten", "Registraturen", "Vårdsamordningen")
RETURNED = {
    "order": ("order_contacts", "Telefonnumret till den tekniska kontakten går inte att nå."),
    "qa_connection": ("qa_participant", "Vi hittar inte deltagar-id i SMP för QA. Hör med operatören."),
    "risk": ("risk_actions", "Risken om obemannad funktionsadress saknar åtgärd med datum."),
    "application": ("application_date", "Det önskade datumet ligger i vår förändringsstopp."),
    "production": (
        "production_address",
        "Funktionsadressen saknas i adressboken. Lägg in den och anmäl igen.",
    ),
}
REFUSED = {
    "order": (
        "order_not_eligible",
        "Verksamheten är inte offentligt finansierad och omfattas inte av deltagarmodellen.",
    ),
    "declaration": (
        "other",
        "Verksamheten som skulle använda tjänsten har upphört. Gör en ny beställning när ett nytt uppdrag finns.",
    ),
    "application": (
        "application_conditions",
        "Uppdraget från kommunen har upphört sedan beställningen. Gör en ny beställning när ett nytt avtal finns.",
    ),
}
LINES_RETURNED = (
    ("line_evidence", "Ange diarienummer för beslutet."),
    ("line_unclear", "Beskriv vem som gör kontrollen och hur ofta."),
    ("line_action", ""),
)
APPROVED = {
    "order": "Organisationen omfattas av deltagarmodellen.",
    "qa_connection": "Anslutningen till QA är godkänd.",
    "application": "Villkoren för federationsgodkännande är uppfyllda.",
    "production": "Registreringen i produktion är kontrollerad.",
}
CONDITION = "Rutinen för uppföljning av leverantören ska vara beslutad."
EXAMPLE_SUPPLIER = "Molnbrygga AB"

# What evidence is called, where it lies, how many days old it is and how many months it holds (0: until changed).
LINKS = (
    ("Riktlinje för informationssäkerhet", "styrdokument/informationssakerhet", 210, 0),
    ("Behörighetsgenomgång", "sdk/behorigheter", 40, 6),
    ("Protokoll från ledningsgruppen", "protokoll/ledningsgrupp", 120, 0),
    ("Rutin för funktionsadresser", "sdk/rutiner/funktionsadresser", 75, 24),
    ("Intyg från leverantören", "avtal/intyg", 300, 12),
    ("Rapport från återställningsövning", "drift/ovningar", 330, 12),
)
FILE_NAME = "Beslut om anslutning till QA.pdf"
FILE_TITLE = "Beslut om anslutning till QA"
REPLACED = ("Beslut om informationsklassning", "styrdokument/klassning", 20, 380)
OUTDATED = "Intyg om genomgången utbildning"
CONTRIBUTOR = "Ylva Sten"
TO_COLLEAGUE = (
    "Du ansvarar för registraturen. Stämmer rutinen fortfarande, och var finns den senaste versionen?"
)
DRAFT = "Utkast till ny rutin"
REVIEWER_ASKS = "Gäller svaret alla förvaltningar som ska använda SDK, eller bara socialförvaltningen?"
AMONG_US = "Vet du om skolan redan har infört detta? Jag vill svara granskaren i veckan."
TO_REVIEWER = "Det gäller alla tre förvaltningar. Beslutet är bilagt som underlag."
