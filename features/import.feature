# language: sv
Egenskap: Läsa in organisationer
  Federationsägaren har redan ett register. Det läses in helt eller inte alls, och det som finns ändras aldrig.

  Bakgrund:
    Givet en nyinstallerad portal

  Scenario: Ett register läses in
    När förvaltaren läser in filen
      """
      kind,scb_code,name,county_code,county,org_number,stage
      kommun,0114,Upplands Väsby,01,Stockholms län,,connected
      region,14,Västra Götalandsregionen,14,Västra Götalands län,,qa
      myndighet,,Provningsverket,,,202100-3625,
      """
    Så finns 3 nya organisationer
    Och anslutningen för "Upplands Väsby" har läget ansluten
    Och anslutningen för "Västra Götalandsregionen" har läget i QA
    Och "Provningsverket" har ingen anslutning
    Och varje inläst anslutning har en enda händelse

  Scenario: Samma fil en gång till
    Givet att filen redan är inläst
    När förvaltaren läser in samma fil igen
    Så är ingenting ändrat

  Scenario: Fel på en rad stoppar hela filen
    När förvaltaren läser in filen
      """
      kind;scb_code;name;county_code;county;org_number;stage
      kommun;0114;Upplands Väsby;01;;;qa
      kommun;0115;Vallentuna;01;;;kanske
      stad;0117;Österåker;01;;;qa
      """
    Så pekas raderna 3 och 4 ut
    Och ingenting är inläst

  Scenario: Fel kontrollsiffra varnar men stoppar inte
    När förvaltaren läser in filen
      """
      kind,name,org_number,stage
      myndighet,Provningsverket,202100-3626,started
      """
    Så varnas för rad 2
    Och finns 1 nya organisationer

  Scenario: En organisation som redan ansluter i portalen flyttas inte
    Givet att "Upplands Väsby" har öppnat sin anslutning i portalen
    När förvaltaren läser in filen
      """
      kind,scb_code,name,stage
      kommun,0114,Upplands Väsby,connected
      """
    Så är ingenting ändrat

  Scenario: Fel sorts fil
    När förvaltaren läser in ett kalkylblad i stället för en textfil
    Så får förvaltaren veta hur filen ska sparas
    Och ingenting är inläst
