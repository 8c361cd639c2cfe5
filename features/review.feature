# language: sv
Egenskap: Granskning och beslut
  Granskaren går igenom självdeklarationen rad för rad och fattar ett beslut. Nivån säger med ord hur långt
  organisationen har kommit. Förbehåll hör till åtgärder med datum och löper ut av sig själva.

  Bakgrund:
    Givet att självdeklarationen är underskriven med en avvikelse på P-09

  Scenario: Nivån säger med ord hur långt organisationen har kommit
    Så är självdeklarationens nivå "Uppfyllt med villkor"

  Scenario: Ej tillämpligt godtas rad för rad
    Givet att P-16 är besvarat med Ej tillämpligt och underskrivet på nytt
    När granskaren godtar alla rader med svaret Ja
    Så går självdeklarationen inte att godta
    När granskaren godtar raderna P-09 och P-16
    Och granskaren godtar självdeklarationen utan förbehåll
    Så är självdeklarationen godtagen

  Scenario: Godkänd med förbehåll som hör till en åtgärd
    Givet att granskaren har godtagit alla rader
    När granskaren godkänner med åtgärden för P-09 som förbehåll
    Så visar anslutningens sida förbehållet "Besluta rutinen"
    Och beslutet finns som handling

  Scenario: Ett förbehåll löper ut av sig självt
    Givet att granskaren har godtagit alla rader
    När granskaren godkänner med åtgärden för P-09 som förbehåll
    Och dagen för förbehållet passerar
    Så har förbehållet löpt ut och båda sidor har fått brev
    Och federationsägarens kö visar förbehållet

  Scenario: Ett avslag behöver ett skäl
    När granskaren avslår självdeklarationen utan skäl
    Så är självdeklarationen fortfarande under granskning
    När granskaren avslår självdeklarationen med skälet "Annat skäl"
    Så har självdeklarationen fått avslag

  Scenario: Federationsägaren skriver ett eget skäl
    När administratören lägger till skälet "Kontaktvägar saknas"
    Så kan granskaren välja skälet "Kontaktvägar saknas"
