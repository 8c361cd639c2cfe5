# language: sv
Egenskap: Översikten
  Federationsägaren ser alla anslutningar, var de står och vad som väntar på beslut.

  Bakgrund:
    Givet att federationen har anslutningar i alla lägen

  Scenario: Granskaren söker en organisation
    När granskaren söker på "öck"
    Så visar listan bara "Öckerö"

  Scenario: Granskaren väljer ut dem som är i QA
    När granskaren väljer läget "QA"
    Så visar listan bara "Ängelholm"

  Scenario: Listan följer svensk ordning
    När granskaren ordnar listan efter namn
    Så kommer "Zinkgruvan" före "Ängelholm"
    Och "Ängelholm" före "Öckerö"

  Scenario: Granskaren ser vad som väntat längst
    Givet att "Ödebygds kommun" skickade in sin beställning för 6 dagar sedan
    Och att "Exempelstads kommun" skickade in sin beställning för 2 dagar sedan
    När granskaren öppnar sin kö
    Så ligger "Ödebygds kommun" först och har väntat 6 dagar

  Scenario: Urvalet laddas ned till kalkylprogrammet
    När granskaren väljer läget "QA"
    Och laddar ned listan
    Så har filen rubriker och en rad för "Ängelholm"

  Scenario: Andra än federationsägaren ser inte översikten
    När kontaktpersonen öppnar översikten
    Så finns inte sidan

  Scenario: Det öppna registret visar bara anslutna som samtyckt
    Givet att "Öckerö" har samtyckt till att visas
    När någon utan konto öppnar registret
    Så visar registret bara "Öckerö"
