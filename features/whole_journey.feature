# language: sv
Egenskap: Hela resan
  En kommun går från beställning till ansluten i en webbläsare, med ett klick i taget, som var och en av de
  inblandade. Varje sida på vägen ska vara hel, tyst och tillgänglig.

  Scenario: Exempelstads kommun ansluter sig
    Givet en demo där Exempelstads kommun inte har börjat
    När kontaktpersonen påbörjar anslutningen och skickar in beställningen
    Och granskaren hittar beställningen i sin kö och godkänner den
    Och den tekniska kontakten anmäler ett testobjekt vars certifikat har gått ut
    Och granskaren godkänner QA-anslutningen
    Och den tekniska kontakten bockar av registreringarna
    Och den tekniska kontakten kör verifieringen och följer den på sidan
    Så säger körningen att operatören ska förnya certifikatet
    När den tekniska kontakten byter till ett helt testobjekt och kör igen
    Så är körningen godkänd och jämförelsen säger vad som är åtgärdat
    När informationssäkerhetsansvarig besvarar alla krav och planerar en åtgärd för en avvikelse
    Och informationssäkerhetsansvarig klassar ett flöde, bedömer riskerna och skickar in dem
    Och firmatecknaren skriver under självdeklarationen
    Och granskaren godtar självdeklarationen och riskanalysen
    Och kontaktpersonen fyller i ansökan och firmatecknaren skriver under den
    Och två beslutsfattare prövar ansökan
    Så kan beslutet laddas ner som PDF
    När avtalet skrivs under av båda parter
    Och produktionsregistreringen rapporteras och bekräftas
    Och kontaktpersonen avslutar införandet
    Så står Exempelstads kommun i det öppna registret
    Och ingen sida på vägen hade några fel
