# language: sv
Egenskap: Logga in
  Alla loggar in med lösenord och en kod från en autentiseringsapp. Ingen kan gissa sig in, och inget som någon har
  skrivit går förlorat.

  Scenario: En inbjuden skapar sitt konto
    Givet att kontaktpersonen har bjudit in "ny@exempel.se" som tekniskt ansvarig
    När den inbjudna öppnar länken i brevet
    Och den inbjudna väljer lösenord och kopplar sin autentiseringsapp
    Så får den inbjudna tio återställningskoder
    Och den inbjudna är med i Exempelstads kommun som tekniskt ansvarig
    Och länken går inte att använda igen

  Scenario: Lösenord och kod släpper in
    Givet att kontaktpersonen har ett konto
    När kontaktpersonen loggar in med lösenord och kod
    Så ser kontaktpersonen sin anslutning

  Scenario: Lösenordet räcker inte
    Givet att kontaktpersonen har ett konto
    När kontaktpersonen bara anger sitt lösenord
    Så ser kontaktpersonen inte sin anslutning

  Scenario: En kod gäller en gång
    Givet att kontaktpersonen har ett konto
    När kontaktpersonen loggar in med lösenord och kod
    Och någon annan använder samma lösenord och samma kod
    Så får den andra veta att koden redan är använd

  Scenario: Telefonen är borta
    Givet att kontaktpersonen har ett konto
    När kontaktpersonen loggar in med lösenord och en återställningskod
    Så ser kontaktpersonen sin anslutning
    Och kontaktpersonen får ett brev om att koden är använd

  Scenario: Den som gissar får vänta
    Givet att kontaktpersonen har ett konto
    När någon gissar fel lösenord fem gånger
    Så får nästa försök vänta, och sidan säger hur länge
    Men efter väntan kan kontaktpersonen logga in

  Scenario: En okänd e-postadress avslöjas inte
    Givet att kontaktpersonen har ett konto
    När någon anger fel lösenord för kontaktpersonen och för en okänd adress
    Så är svaren lika

  Scenario: Sessionen går ut mitt i ett svar
    Givet att kontaktpersonen har ett konto
    Och kontaktpersonen har loggat in och börjat svara på krav P-01
    När sessionen går ut och kontaktpersonen sparar svaret
    Och kontaktpersonen loggar in igen och skickar det som är sparat
    Så är svaret på krav P-01 sparat

  Scenario: En enhet är borttappad
    Givet att kontaktpersonen har ett konto
    Och kontaktpersonen är inloggad på två enheter
    När kontaktpersonen avslutar alla andra sessioner
    Så är den andra enheten utloggad
