# language: sv
Egenskap: Godkännande för produktion
  Ansökan skrivs under av firmatecknaren när alla villkor är uppfyllda. Två olika beslutsfattare avgör.

  Scenario: Varje villkor som inte är uppfyllt säger varför
    Givet att organisationen är ansluten till QA
    När firmatecknaren öppnar ansökan
    Så står det varför den inte kan påbörjas än

  Scenario: Vägen hela vägen till produktion
    Givet att alla villkor för ansökan är uppfyllda
    När kontaktpersonen fyller i ansökan
    Och firmatecknaren skriver under ansökan
    Så är det federationsägarens tur
    När den första beslutsfattaren tillstyrker
    Och den andra beslutsfattaren godkänner
    Så är ansökan klar
    Och beslutet finns som handling
    När firmatecknaren skriver under avtalet
    Och en beslutsfattare skriver under avtalet
    Och den tekniska kontakten gör produktionsregistreringen
    Och granskaren bekräftar produktionen
    Så är anslutningen i drift
    Och organisationen står i det öppna registret

  Scenario: Den som tillstyrkt kan inte själv besluta
    Givet att ansökan är inskickad
    När den första beslutsfattaren tillstyrker
    Så kan den första beslutsfattaren inte godkänna

  Scenario: Godkännande med förbehåll har datum
    Givet att ansökan är inskickad
    När den första beslutsfattaren tillstyrker
    Och den andra beslutsfattaren godkänner med förbehållet "Backup övas" till 2027-06-30
    Så är beslutet godkänt med förbehåll
    Och förbehållet och datumet står på ansökans sida

  Scenario: Ansökan kommer tillbaka och tillstyrkandet gäller inte längre
    Givet att ansökan är inskickad
    När den första beslutsfattaren tillstyrker
    Och granskaren begär komplettering av ansökan
    Så är ansökan hos organisationen igen
    När firmatecknaren skriver under ansökan igen
    Så väntar ansökan på ett nytt tillstyrkande

  Scenario: Avslag avslutar ansökan
    Givet att ansökan är inskickad
    När en beslutsfattare avslår ansökan
    Så är ansökan avslagen
    Och organisationen står inte i det öppna registret

  Scenario: Utan samtycke syns organisationen inte i registret
    Givet att organisationen är i produktion utan samtycke till publicering
    Så står organisationen inte i det öppna registret

  Scenario: Den som saknar firmateckningsrätt kan inte skriva under
    Givet att alla villkor för ansökan är uppfyllda
    När kontaktpersonen försöker skriva under ansökan
    Så nekas kontaktpersonen

  Scenario: Ett felskrivet datum i ett förbehåll förklaras och det skrivna finns kvar
    Givet att ansökan är inskickad
    När den första beslutsfattaren tillstyrker
    Och den andra beslutsfattaren skriver förbehållet "Backup övas" med datumet 30/6
    Så står det hur datumet ska skrivas
    Och förbehållets text finns kvar
    Och ansökan är fortfarande inskickad
