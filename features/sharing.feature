# language: sv
Egenskap: Fördela krav på kollegor
  Den som håller i självdeklarationen ber kollegor svara på enskilda krav eller hela teman. Den som är ombedd ser sina
  frågor samlade, svarar på dem och inget annat, och påminns när datumet närmar sig.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning

  Scenario: En kollega som inte är med bjuds in och svarar
    När informationssäkerhetsansvarig ber "lena.ek@exempel.se" svara på krav P-05 inom 10 dagar
    Så får "lena.ek@exempel.se" ett brev med inbjudan och länk till krav P-05
    När Lena Ek tar emot inbjudan
    Så står krav P-05 under Lena Eks frågor
    När Lena Ek svarar Ja på krav P-05
    Så har Lena Ek inga frågor kvar

  Scenario: Den som är ombedd kommer inte åt annat
    Givet att Lena Ek är med och ombedd att svara på krav P-05
    När Lena Ek försöker svara på krav P-06
    Så får Lena Ek veta att rollen saknas
    Och Lena Ek ser inte riskanalysen, ansökan eller beställningen

  Scenario: Ett helt tema fördelas
    När informationssäkerhetsansvarig ber verksamhetsansvarig svara på hela det första temat
    Så har verksamhetsansvarig varje krav i temat bland sina frågor

  Scenario: En fråga tas tillbaka
    Givet att Lena Ek är med och ombedd att svara på krav P-05
    När informationssäkerhetsansvarig tar tillbaka frågan
    Så har Lena Ek inga frågor kvar
    När Lena Ek försöker svara på krav P-05
    Så får Lena Ek veta att rollen saknas

  Scenario: Påminnelser samlas i ett brev om dagen
    Givet att Lena Ek är med och ombedd att svara på krav P-05
    Och att Lena Ek är ombedd att svara på krav P-06
    När det är 7 dagar kvar
    Så får Lena Ek en påminnelse om krav P-05 och krav P-06 i ett brev
    När datumet har passerat med 7 dagar
    Så får Lena Ek en påminnelse där det står "Försenad 7 dagar"
