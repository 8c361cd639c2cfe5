# language: sv
Egenskap: Verifieringskörning
  Portalen kör testsviten mot organisationens riktiga komponenter och säger vad som är fel, vems felet är och vad som ska göras.

  Bakgrund:
    Givet att organisationen är ansluten till QA

  Scenario: En körning mot friska komponenter blir godkänd
    Givet att komponenterna svarar som de ska
    När den tekniska kontakten startar en körning
    Och körningen får gå till slut
    Så är körningen godkänd
    Och testerna är klara
    Och körningen finns som PDF

  Scenariomall: En körning mot trasiga komponenter pekar ut felet och den som rättar det
    Givet att komponenterna har felet <fel>
    När den tekniska kontakten startar en körning
    Och körningen får gå till slut
    Så är kontroll <kontroll> underkänd med felägaren <felägare>
    Och sidan säger vad som ska göras

    Exempel:
      | fel                  | kontroll | felägare            |
      | expired-certificate  | 10       | operator            |
      | tampered-signature   | 06       | federation          |
      | no-receipt-type      | 05       | operator            |

  Scenario: Bara en körning i taget
    Givet att komponenterna svarar som de ska
    När den tekniska kontakten startar en körning
    Så kan ingen annan körning startas förrän den är klar

  Scenario: En rättad brist syns i jämförelsen
    Givet att komponenterna har felet expired-certificate
    När den tekniska kontakten startar en körning
    Och körningen får gå till slut
    Givet att komponenterna svarar som de ska
    När den tekniska kontakten startar en körning
    Och körningen får gå till slut
    Så visar jämförelsen att "Accesspunktens certifikat gäller" är åtgärdat

  Scenario: Produktionsmiljön körs aldrig
    Så går produktion inte att välja som miljö
