# language: sv
Egenskap: Riskanalys och åtgärdsplan
  Organisationen beskriver vad den utbyter, vilka risker det för med sig och vad den gör åt dem.
  Vem som får acceptera en risk beror på hur stor den är.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning

  Scenario: Ett klassat flöde, en accepterad risk och en åtgärd räcker för att skicka in
    När informationssäkerhetsansvarig beskriver flödet "Orosanmälan" med konfidentialiteten Allvarlig
    Och informationssäkerhetsansvarig beskriver en risk med konsekvensen Måttlig och sannolikheten Möjligt
    Så visar riskbilden 1 risk på nivån Medel
    När informationssäkerhetsansvarig accepterar risk 1
    Och informationssäkerhetsansvarig planerar åtgärden "Inför favoriter i adressboken" för risk 1
    Och informationssäkerhetsansvarig skickar in riskanalysen
    Så är det federationsägarens tur att granska riskanalysen
    När granskaren godtar riskanalysen
    Så är riskanalysen klar

  Scenario: Information över taket tas inte emot
    När informationssäkerhetsansvarig beskriver flödet "Skyddsobjekt" med konfidentialiteten Synnerligen allvarlig
    Så får informationssäkerhetsansvarig veta att federationen bär information upp till nivån allvarlig
    Och flödet "Skyddsobjekt" är inte sparat

  Scenario: Utan klassat flöde går riskanalysen inte att skicka in
    Givet att informationssäkerhetsansvarig har beskrivit och accepterat en risk på nivån Medel
    När informationssäkerhetsansvarig skickar in riskanalysen
    Så står det att minst ett flöde behöver klassas
    Och riskanalysen pågår

  Scenariomall: Nivån avgör vem som får acceptera
    Givet en risk med konsekvensen <konsekvens> och sannolikheten <sannolikhet>
    När <vem> accepterar risk 1
    Så är risk 1 <utfall>

    Exempel:
      | konsekvens | sannolikhet      | vem                           | utfall          |
      | Måttlig    | Osannolikt       | informationssäkerhetsansvarig | accepterad      |
      | Betydande  | Sannolikt        | informationssäkerhetsansvarig | inte accepterad |
      | Betydande  | Sannolikt        | firmatecknaren                | accepterad      |
      | Allvarlig  | Mycket sannolikt | firmatecknaren                | inte accepterad |

  Scenario: En ändrad bedömning behöver accepteras på nytt
    Givet att informationssäkerhetsansvarig har beskrivit och accepterat en risk på nivån Medel
    När informationssäkerhetsansvarig höjer sannolikheten för risk 1 till Sannolikt
    Så är risk 1 inte accepterad

  Scenario: Vanliga risker hämtas ur biblioteket
    När informationssäkerhetsansvarig hämtar risken "Skadlig kod i en bilaga" ur biblioteket
    Och informationssäkerhetsansvarig hämtar risken "Skadlig kod i en bilaga" ur biblioteket
    Så finns risken "Skadlig kod i en bilaga" en gång i analysen

  Scenario: En mycket hög risk kan granskas men hindrar produktion
    Givet en risk med konsekvensen Allvarlig och sannolikheten Mycket sannolikt
    Så hindrar risk 1 ansökan om produktion

  Scenario: Riskanalysen kommer tillbaka med ett skäl
    Givet att riskanalysen är inskickad
    När granskaren begär komplettering av riskanalysen med "Beskriv flödet till regionen."
    Så läser kontaktpersonen "Beskriv flödet till regionen." i riskanalysen
    Och riskanalysen är öppen för ändring igen
