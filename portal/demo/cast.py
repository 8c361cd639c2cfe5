"""The fictional organisations and persons of the demo, and how far each has come.

`goal` names an ending of `portal.demo.plots`; `began` is months ago.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Player:
    """One organisation of the demo."""

    name: str
    kind: str
    county: str
    goal: str
    began: int
    supplier: str = "Molnbrygga AB"
    operator: str = "Nordväg Drift AB"
    fault: str | None = None
    listed: bool = True

    @property
    def domain(self) -> str:
        """The domain of its addresses, below a name that nobody owns."""
        plain = self.name.lower().translate(str.maketrans("åäöé ", "aaoe-"))
        words = [word for word in plain.split("-") if word not in ("kommun", "region", "ab")]
        return f"{'-'.join(words)}.example"


CONNECTED = "connected"
READY_TO_BEGIN = "ready_to_begin"
READY = Player("Exempelstads kommun", "kommun", "01", READY_TO_BEGIN, 0)
OWNER = "Federationsmyndigheten"
OWNER_DOMAIN = "federationsmyndigheten.example"
PLAYERS: tuple[Player, ...] = (
    READY,
    Player("Granviks kommun", "kommun", "17", CONNECTED, 17),
    Player("Almhöjdens kommun", "kommun", "12", CONNECTED, 17),
    Player("Region Mellanbygd", "region", "18", CONNECTED, 17, operator="Mellanbygd IT"),
    Player("Sjöängs kommun", "kommun", "14", CONNECTED, 16),
    Player("Tallmo kommun", "kommun", "21", CONNECTED, 15, supplier="Säkerpost Sverige AB"),
    Player("Myndigheten för exempel", "statlig_myndighet", "01", CONNECTED, 15),
    Player("Björkfors kommun", "kommun", "05", CONNECTED, 14),
    Player("Region Västerslätt", "region", "14", CONNECTED, 13, supplier="Säkerpost Sverige AB"),
    Player("Ekdala kommun", "kommun", "07", CONNECTED, 12),
    Player("Norrskogs kommunalförbund", "kommunalforbund", "24", CONNECTED, 11),
    Player("Hasselvikens kommun", "kommun", "08", CONNECTED, 10, listed=False),
    Player("Lindåkers kommun", "kommun", "13", "production_new", 9),
    Player("Provningsverket", "statlig_myndighet", "03", CONNECTED, 8, supplier="Säkerpost Sverige AB"),
    Player("Ängsholma kommun", "kommun", "10", "introduction_open", 9),
    Player("Rönnbäckens kommun", "kommun", "20", "introduction_new", 8),
    Player("Region Sörlandet", "region", "04", "production_submitted", 9),
    Player("Vassunda kommun", "kommun", "03", "production_open", 8),
    Player("Omsorg Solgläntan AB", "privat_utforare", "01", "agreement_submitted", 7),
    Player("Åsbro kommun", "kommun", "18", "agreement_open", 8, supplier="Säkerpost Sverige AB"),
    Player("Kvarnhults kommun", "kommun", "07", "application_endorsed", 7),
    Player("Ödeby kommun", "kommun", "12", "application_submitted", 7),
    Player("Stensjö kommun", "kommun", "22", "application_submitted", 6),
    Player("Malmbergets exempelkommun", "kommun", "25", "application_returned", 8),
    Player("Hökviks kommun", "kommun", "09", "application_open", 6),
    Player(
        "Region Norrstranden", "region", "24", "declaration_submitted", 6, supplier="Säkerpost Sverige AB"
    ),
    Player("Fågelsta kommun", "kommun", "05", "application_new", 6),
    Player("Brunnsholms kommun", "kommun", "19", "declaration_returned", 7),
    Player("Lövnäs kommun", "kommun", "23", "declaration_signing", 5),
    Player("Vintervikens kommun", "kommun", "01", "risk_submitted", 5),
    Player("Kalkbergs kommun", "kommun", "06", "risk_returned", 6),
    Player("Skogalunds kommun", "kommun", "17", "tests_failed", 5, fault="expired-certificate"),
    Player("Arkivnämnden för prov", "statlig_myndighet", "14", "tests_failed", 4, fault="tls-1.0"),
    Player("Hedemåla kommun", "kommun", "08", "tests_open", 4),
    Player("Strömnäs kommun", "kommun", "25", "registrations_open", 4),
    Player("Trädgårdens vård AB", "privat_utforare", "12", "qa_submitted", 3),
    Player("Mossbergs kommun", "kommun", "20", "qa_returned", 4),
    Player("Utsiktens kommun", "kommun", "13", "qa_open", 2),
    Player("Sandviksholms kommun", "kommun", "10", "order_submitted", 1),
    Player("Bergviks räddningsförbund", "kommunalforbund", "19", "order_submitted", 1),
    Player("Fjällnäs kommun", "kommun", "23", "order_returned", 2),
    Player("Kaffehuset Kronan AB", "privat_utforare", "01", "order_refused", 5),
    Player("Dalsänka kommun", "kommun", "14", "order_open", 1),
    Player("Ljungdala kommun", "kommun", "22", "order_new", 0),
    Player("Furuviks kommun", "kommun", "21", "qa_new", 1),
    Player("Sandtorps kommun", "kommun", "17", "registrations_new", 2),
    Player("Kustbygdens vård AB", "privat_utforare", "13", "application_refused", 9),
    Player("Region Vidsjö", "region", "03", "production_returned", 9),
    Player("Björkängens omsorg AB", "privat_utforare", "18", "declaration_refused", 8),
)
# Name, kind, part, domain and the people who act for their customers.
SUPPLIERS = (
    ("Molnbrygga AB", "leverantor", "supplier", "molnbrygga.example", ("Gunnar Frid", "Moa Lind")),
    ("Säkerpost Sverige AB", "leverantor", "supplier", "sakerpost.example", ("Inga Steen", "Leo Bergman")),
    ("Nordväg Drift AB", "ap_operator", "operator", "nordvag.example", ("Sten Wik", "Tove Hall")),
)

PERSONS = (
    ("contact", "Karin Lund"),
    ("infosec", "Anna Berg"),
    ("tech", "Ola Nyman"),
    ("business", "Maria Sand"),
    ("signatory", "Per Holm"),
    ("viewer", "Eva Ström"),
)
OWNER_PERSONS = (
    ("owner_admin", "Lena Ek"),
    ("owner_reviewer", "Johan Vik"),
    ("owner_approver", "Sara Dahl"),
    ("owner_approver", "Nils Åberg"),
    ("owner_viewer", "Ulla Rask"),
)
FIRST = (
    "Astrid",
    "Bo",
    "Cecilia",
    "David",
    "Elin",
    "Fredrik",
    "Gun",
    "Hanna",
    "Ivar",
    "Jenny",
    "Kurt",
    "Lisa",
    "Mats",
    "Nadia",
    "Oskar",
    "Petra",
    "Rolf",
    "Sofia",
    "Tomas",
    "Vera",
)
LAST = (
    "Alm",
    "Bäck",
    "Carlberg",
    "Dahlin",
    "Edman",
    "Fors",
    "Grahn",
    "Hult",
    "Isberg",
    "Jonsson",
    "Kvist",
    "Lindh",
    "Moberg",
    "Norén",
    "Olin",
    "Palm",
    "Ros",
    "Sjögren",
    "Törn",
    "Wall",
)
