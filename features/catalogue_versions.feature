# language: sv
Egenskap: Ge ut en ny version av kraven
  Federationsägarens förvaltare ser vad en ny version innebär innan den ges ut. Ingen förlorar ett svar, och det som är
  underskrivet hör till den version som det skrevs under på.

  Bakgrund:
    Givet att självdeklarationen är påbörjad med svar på P-01, P-02 och P-03

  Scenario: Förvaltaren ser vad versionen innebär
    När förvaltaren laddar upp ett utkast där P-01 är ändrat, P-02 utgår och P-99 är nytt
    Så visar utkastet att Exempelstads kommun behöver svara igen på P-01
    Och ingen version är utgiven

  Scenario: Svaren på oförändrade krav följer med
    När förvaltaren ger ut utkastet
    Så är svaret på P-03 kvar
    Och P-01 och P-99 saknar svar
    Och det tidigare svaret på P-01 erbjuds
    Och kontaktpersonen och informationssäkerhetsansvarig får brev

  Scenario: En underskriven självdeklaration behåller sin version
    Givet att självdeklarationen är underskriven
    När förvaltaren ger ut utkastet
    Så hör självdeklarationen fortfarande till version 1

  Scenario: Ett fel i filen sägs med fil och rad
    När förvaltaren laddar upp ett utkast med en okänd tyngd
    Så säger sidan filens namn, raden och vad som ska stå där
    Och inget utkast är sparat
