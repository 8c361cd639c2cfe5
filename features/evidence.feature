# language: sv
Egenskap: Underlag
  Organisationen visar med filer och länkar att svaren stämmer. Filerna ligger säkert, lämnas bara ut som hämtningar,
  och det som skrivs under är låst vid just de filer som fanns då.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning

  Scenario: En fil läggs till och granskaren hämtar den
    När informationssäkerhetsansvarig lägger till filen "policy.pdf" för krav P-01 som gäller till 2027-03-15
    Så ser granskaren "policy.pdf" på krav P-01
    Och granskaren hämtar filen som en bilaga och aldrig som en sida

  Scenario: En länk läggs till
    När informationssäkerhetsansvarig lägger till länken "https://exempelstad.se/rutin" för krav P-01
    Så ser granskaren "https://exempelstad.se/rutin" på krav P-01

  Scenariomall: Det som kan göra skada tas inte emot, och det som skrevs finns kvar
    När informationssäkerhetsansvarig försöker lägga till <fil> för krav P-01 med titeln "Protokoll"
    Så får informationssäkerhetsansvarig veta "<svar>"
    Och titeln "Protokoll" står kvar i formuläret
    Och ingen fil har sparats

    Exempel:
      | fil              | svar                         |
      | ett testvirus    | innehåller skadlig kod       |
      | en ZIP-bomb      | blir orimligt stort          |
      | ett makro        | innehåller makron            |
      | en webbsida      | HTML, SVG, XML eller skript  |
      | ett program      | är ett program eller skript  |
      | en dubbelfil     | är flera filtyper på en gång |
      | en tom fil       | Filen är tom                 |
      | en för stor fil  | Filen är större än           |

  Scenario: En fil som säger sig vara något annat får rätt namn
    När informationssäkerhetsansvarig lägger till en bild som heter "rapport.pdf" för krav P-01
    Så ser granskaren "rapport.pdf.png" på krav P-01

  Scenario: En nyare version ersätter den gamla, som finns kvar i historiken
    Givet att filen "policy.pdf" är tillagd för krav P-01
    När informationssäkerhetsansvarig ersätter den med "policy-2.pdf"
    Så ser granskaren "policy-2.pdf" på krav P-01
    Och ser granskaren "En tidigare version" på krav P-01

  Scenario: Borttaget underlag står kvar som borttaget
    Givet att filen "policy.pdf" är tillagd för krav P-01
    När informationssäkerhetsansvarig tar bort underlaget
    Så ser granskaren "Ett borttaget underlag" på krav P-01
    Och ser granskaren "av Infosec" på krav P-01

  Scenario: Det syns när underlaget har slutat gälla
    Givet att filen "certifikat.pdf" är tillagd för krav P-01 och gäller till 2026-11-30
    När det har gått 10 dagar
    Så ser granskaren "Slutade gälla 30 november 2026" på krav P-01

  Scenario: Det som skrivs under är låst vid filen
    Givet att filen "policy.pdf" är tillagd för krav P-01
    När självdeklarationen skrivs under
    Så namnger den underskrivna handlingen filens SHA-256
    Och går det inte att lägga till mer underlag

  Scenario: En utomstående kommer inte åt filen
    Givet att filen "policy.pdf" är tillagd för krav P-01
    Så finns filen inte för en utomstående
