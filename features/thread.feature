# language: sv
Egenskap: Samtal om ett krav
  Organisationen och granskaren talar om samma rad. Det organisationen säger till sig själv läser ingen annan, och det
  som är skrivet ändras inte i efterhand.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning

  Scenario: Granskaren frågar och organisationen svarar
    När granskaren skriver "Vem äger registret?" om krav P-09
    Så läser informationssäkerhetsansvarig "Vem äger registret?" bland sina frågor
    Och informationssäkerhetsansvarig har fått ett brev med länk till krav P-09
    När informationssäkerhetsansvarig skriver "Säkerhetschefen." till båda om krav P-09
    Så läser granskaren "Säkerhetschefen." bland sina frågor
    Och informationssäkerhetsansvarig har inga olästa inlägg

  Scenario: Det som är organisationens eget stannar där
    När informationssäkerhetsansvarig skriver "Vi vet inte än." till organisationen om krav P-09
    Så läser läsaren "Vi vet inte än." på krav P-09
    Men granskaren läser inte "Vi vet inte än." på krav P-09

  Scenario: En kollega nämns
    När informationssäkerhetsansvarig nämner den tekniska kontakten i "Hur loggar vi?" om krav P-09
    Så läser den tekniska kontakten "Hur loggar vi?" bland sina frågor
    När den tekniska kontakten markerar inlägget som läst
    Så har den tekniska kontakten inga olästa inlägg

  Scenario: En rättelse är ett nytt inlägg
    När informationssäkerhetsansvarig skriver "Två register." till organisationen om krav P-09
    Och informationssäkerhetsansvarig skriver "Rättelse: tre register." till organisationen om krav P-09
    Så läser läsaren "Två register." på krav P-09
    Och läser läsaren "Rättelse: tre register." på krav P-09

  Scenario: Tidigare svar finns kvar att läsa
    När informationssäkerhetsansvarig svarar Nej på krav P-09 med "Register saknas."
    Och informationssäkerhetsansvarig svarar Ja på krav P-09 med "Registret finns."
    Så visar krav P-09 att det är besvarat 2 gånger
    Och läser läsaren "Register saknas." på krav P-09
