# language: sv
Egenskap: Hämta och läs in
  Organisationen hämtar självdeklarationen, riskanalysen och åtgärdsplanen som filer, arbetar vidare i kalkylblad
  och läser in svaren igen. Inget skrivs över utan att någon har sett båda svaren.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning
    Och att krav P-09 är besvarat med Delvis och har åtgärden "Upprätta registret"

  Scenario: Självdeklarationen hämtas i alla format
    När informationssäkerhetsansvarig öppnar sidan för att hämta filer
    Så kan självdeklarationen hämtas som kalkylblad, textfil, data och OSCAL
    Och kalkylbladet innehåller alla krav och svaret Delvis på P-09

  Scenario: Det någon skriver blir aldrig en formel
    Givet att krav P-02 är besvarat med Nej och kommentaren "=1+1"
    När informationssäkerhetsansvarig hämtar självdeklarationen som kalkylblad och textfil
    Så är kommentaren på P-02 text i båda

  Scenario: Upphandlaren får det som ska köpas
    När informationssäkerhetsansvarig hämtar åtgärderna för upphandling
    Så står "Upprätta registret" där med slag, datum och ansvarig

  Scenario: Svar läses in från kalkylbladet efter en jämförelse
    Givet ett hämtat kalkylblad där P-03 är ifyllt med Ja
    När kalkylbladet läses in
    Så visas skillnaden för P-03 och inget är sparat
    När de valda svaren sparas
    Så är svaret på P-03 Ja

  Scenario: Den som ändrade i portalen skrivs inte över
    Givet ett hämtat kalkylblad där P-09 är ifyllt med Ja
    Och att kontaktpersonen sedan svarar Nej på P-09
    När kalkylbladet läses in
    Så står det att P-09 är ändrat i portalen och raden är inte vald

  Scenario: En felaktig rad pekas ut
    Givet ett hämtat kalkylblad där P-03 är ifyllt med "kanske"
    När kalkylbladet läses in
    Så står det vilken rad som är fel och vad som kan skrivas

  Scenario: Tidigare svar återanvänds med sin ålder
    Givet att självdeklarationen är underskriven och har kommit tillbaka
    Och att svaret på P-01 sedan har tagits bort
    När informationssäkerhetsansvarig öppnar tidigare svar
    Så visas svaret på P-01 med datumet för underskriften
    När det tidigare svaret på P-01 sparas
    Så är svaret på P-01 Ja
