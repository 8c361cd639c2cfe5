# language: sv
Egenskap: Svara i en lista
  Den som kan svaren på ett helt tema svarar på en sida. Varje rad sparas för sig, ingen rad skriver över någon annans,
  och det som skrevs finns kvar när förbindelsen, fliken eller sessionen försvinner.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning
    Och att informationssäkerhetsansvarig har temat Åtkomst och identitet öppet som lista

  Scenario: Ett helt tema besvaras på en gång
    När informationssäkerhetsansvarig svarar Ja på alla rader och väljer Spara alla svar
    Så är 9 av 80 krav besvarade i självdeklarationen

  Scenario: En rad sparas för sig när svaret väljs
    När informationssäkerhetsansvarig kryssar för Delvis på raden P-16
    Så står "Sparat 10.00" på raden P-16
    Och raden P-16 säger att förklaring och åtgärd saknas
    Och raden P-17 är inte sparad

  Scenario: Två personer på samma rad ser varandras svar och väljer
    Givet att kontaktpersonen har sparat Nej på raden P-16 med "Två enheter saknar kort."
    När informationssäkerhetsansvarig svarar Ja på alla rader och väljer Spara alla svar
    Så är de andra raderna sparade
    Och raden P-16 visar båda svaren
    Och svaret på raden P-16 är fortfarande Nej
    När informationssäkerhetsansvarig väljer "Spara det ni skrev" på raden P-16
    Så är svaret på raden P-16 Ja

  Scenario: Rader som inte rörts skriver inte över någon annans svar
    Givet att kontaktpersonen har sparat Nej på raden P-16 med "Två enheter saknar kort."
    När informationssäkerhetsansvarig svarar Ja bara på raden P-17 och väljer Spara alla svar
    Så är svaret på raden P-16 fortfarande Nej

  Scenario: Det som gäller andra frågas inte
    När beställningen säger att kommunen driver en egen accesspunkt
    Så finns raden P-24 inte i listan
    När beställningen säger att kommunen anlitar en operatör
    Så finns raden P-24 i listan med "Frågas för att någon annan driver er accesspunkt."
