# language: sv
Egenskap: Utan JavaScript
  Den som inte har JavaScript kan göra allt som de andra kan. Det som annars sker på sidan sker när den laddas om.

  Scenario: Beställning, svar och körning i en webbläsare utan JavaScript
    Givet en demo och en webbläsare utan JavaScript
    När kontaktpersonen sparar halva beställningen
    Så finns det som skrevs kvar och sidan säger vad som återstår
    När informationssäkerhetsansvarig i Skogalunds kommun har besvarat ett krav
    Så är svaret sparat och nästa krav visas
    När den tekniska kontakten i Skogalunds kommun kör verifieringen
    Så laddas sidan om av sig själv tills körningen är klar
    Och ingen sida hade några fel
