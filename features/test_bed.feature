# language: sv
Egenskap: Anslutning till testbädden
  Organisationen beskriver sina komponenter, lägger till certifikat och gör registreringarna i QA.

  Bakgrund:
    Givet att beställningen är godkänd

  Scenario: Testobjektet beskrivs och QA-anslutningen godkänns
    När den tekniska kontakten beskriver testobjektet
    Och den tekniska kontakten anmäler till QA
    Och granskaren godkänner QA-anslutningen
    Så kan registreringar och tester påbörjas
    Och anslutningens läge är QA

  Scenariomall: Ett felskrivet deltagar-id förklaras
    När den tekniska kontakten skriver deltagar-id <fel>
    Så står det <förklaring>
    Och det som skrevs finns kvar i fältet

    Exempel:
      | fel                      | förklaring                                     |
      | 0203:https://kommun.se   | Det här är en webbadress                       |
      | kommun.se                | ska bestå av en serie och ett värde            |
      | 0203:Kommun.se           | ska skrivas med små bokstäver                  |
      | 0007:2120001356          | organisationsnummer med tio siffror            |

  Scenario: En privat nyckel sparas aldrig
    Givet att testobjektet är beskrivet
    När den tekniska kontakten klistrar in ett certifikat tillsammans med den privata nyckeln
    Så nekas det med förklaringen att nyckeln inte har sparats
    Och nyckeln finns varken på sidan eller i databasen

  Scenario: Ett skadat certifikat nekas med en förklaring
    Givet att testobjektet är beskrivet
    När den tekniska kontakten klistrar in ett avklippt certifikat
    Så nekas det med förklaringen att certifikatet är skadat

  Scenario: Registreringarna bockas av
    Givet att QA-anslutningen är godkänd
    När den tekniska kontakten bockar av alla registreringar
    Och den tekniska kontakten avslutar registreringarna
    Så är registreringarna klara

  Scenario: Leverantören hjälper till men beslutar inget
    Givet att testobjektet är beskrivet
    När leverantören ändrar version på accesspunkten
    Så är den nya versionen sparad
    När leverantören försöker anmäla till QA
    Så nekas leverantören
