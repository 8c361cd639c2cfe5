# language: sv
Egenskap: Underskrift
  Den som lämnar in och den som skriver under är olika personer. Firmatecknaren läser det som ska skrivas under,
  med dess kontrollsumma, och skriver under inloggad eller genom en engångslänk. Det som ändras efteråt syns.

  Bakgrund:
    Givet att självdeklarationen väntar på underskrift

  Scenario: En firmatecknare utan konto skriver under genom en engångslänk
    När informationssäkerhetsansvarig skickar en engångslänk till "Per Holm"
    Och firmatecknaren öppnar länken med koden från telefonsamtalet
    Så ser firmatecknaren svaren och deras kontrollsumma
    När firmatecknaren skriver under genom länken
    Så är det federationsägarens tur att granska
    Och underskriften visar att Infosec lämnade in och att Per Holm skrev under

  Scenario: Länken räcker inte utan kod
    När informationssäkerhetsansvarig skickar en engångslänk till "Per Holm"
    Och någon öppnar länken utan kod
    Så syns varken organisationen eller något svar
    När någon gissar fel kod fem gånger
    Så öppnar inte heller den rätta koden länken

  Scenario: Det som ändras medan firmatecknaren läser skrivs inte under
    När informationssäkerhetsansvarig skickar en engångslänk till "Per Holm"
    Och firmatecknaren öppnar länken med koden från telefonsamtalet
    Och en åtgärd för P-09 läggs till
    Och firmatecknaren skriver under genom länken
    Så är självdeklarationen inte underskriven och firmatecknaren får veta varför

  Scenario: En ändring efter underskriften syns
    Givet att självdeklarationen är underskriven och tillbakaskickad för P-09
    När informationssäkerhetsansvarig ändrar svaret på P-09
    Så står det "Ändrad efter underskriften" vid självdeklarationen och på anslutningens sida
