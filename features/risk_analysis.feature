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

  Scenario: Riskbilden visar risken utan skydd, i dag och efter åtgärd
    Givet en risk som är Mycket hög utan skydd, Hög i dag och Medel efter åtgärd
    Så visar riskbilden "Utan skydd" 1 risk på nivån Mycket hög
    Och visar riskbilden "I dag" 1 risk på nivån Hög
    Och visar riskbilden "Efter åtgärd" 1 risk på nivån Medel

  Scenario: En ruta i riskbilden leder till riskerna i den
    Givet en risk med konsekvensen Allvarlig och sannolikheten Mycket sannolikt
    Och en risk med konsekvensen Måttlig och sannolikheten Möjligt
    När informationssäkerhetsansvarig väljer rutan Måttlig och Möjligt i riskbilden
    Så visas bara risk 2 i listan

  Scenario: En risk ur biblioteket har hot och sårbarhet med sig
    När informationssäkerhetsansvarig hämtar risken "Skadlig kod i en bilaga" ur biblioteket
    Så är hotet för risk 1 "Skadlig kod från en angripen motpart."

  Scenario: En acceptans går ut och kan förnyas
    Givet att informationssäkerhetsansvarig har beskrivit och accepterat en risk på nivån Medel
    När det har gått 13 månader
    Så står det på risksidan att acceptansen har gått ut
    Och riskanalysen går inte att skicka in eftersom acceptansen av risk 1 har gått ut
    När informationssäkerhetsansvarig accepterar risk 1
    Så gäller acceptansen av risk 1 i 12 månader

  Scenariomall: Det som inte stämmer överens pekas ut med en länk till rätt fält
    Givet <något>
    Så pekar risksidan ut "<mening>" med en länk till <fält>

    Exempel:
      | något                                                    | mening                                                        | fält                |
      | en risk som är högre efter åtgärd än i dag               | Risk 1: nivån efter åtgärd är högre än nivån i dag.           | residual_likelihood |
      | en risk som är högre i dag än utan skydd                 | Risk 1: nivån i dag är högre än nivån utan skydd.             | current_likelihood  |
      | en risk som ska minskas utan skydd och åtgärd            | Risk 1: ska minskas, men varken skydd eller åtgärd är beskriven. | controls         |
      | en risk som skulle ha setts över i går                   | Risk 1: datumet för översyn har passerat.                     | review_on           |
      | en avvikelse på P-16 utan åtgärd                         | P-16: avvikelsen saknar åtgärd.                               | deviation           |
      | en åtgärd som skulle ha varit klar i går                 | Åtgärd 1: skulle ha varit klar för en dag sedan.              | due                 |
      | ett ja på P-66 och en verifiering där kontroll 12 underkändes | P-66: ni svarar ja, men kontroll 12 underkändes i den senaste verifieringen. | answer |

  Scenario: Anslutningens klassning är den högsta bland flödena
    När informationssäkerhetsansvarig beskriver flödet "Orosanmälan" med konfidentialiteten Allvarlig
    Och informationssäkerhetsansvarig beskriver flödet "Remiss" med konfidentialiteten Måttlig
    Så är anslutningens samlade konfidentialitet Allvarlig
