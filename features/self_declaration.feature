# language: sv
Egenskap: Självdeklaration
  Organisationen svarar på hur den uppfyller federationens krav. Firmatecknaren skriver under det som står där,
  och federationsägaren godtar svaren eller ber om komplettering rad för rad.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning

  Scenario: Flera svarar var för sig och svaret sparas direkt
    När informationssäkerhetsansvarig svarar Ja på krav P-01
    Och den tekniska kontakten svarar Ja på krav P-66
    Så är 2 av 80 krav besvarade

  Scenario: En avvikelse behöver förklaring och åtgärd
    Givet att alla krav är besvarade med Ja
    När informationssäkerhetsansvarig svarar Delvis på krav P-09 utan förklaring
    Så går självdeklarationen inte att lämna för underskrift eftersom förklaring och åtgärd saknas för P-09
    När informationssäkerhetsansvarig förklarar avvikelsen på P-09 med "Registret över avvikelser saknas."
    Och informationssäkerhetsansvarig lägger till en åtgärd för P-09
    Så går självdeklarationen att lämna för underskrift

  Scenario: Den som hinner först skrivs inte över
    Givet att kontaktpersonen har svarat Nej på krav P-16 med "Två enheter saknar kort."
    När informationssäkerhetsansvarig sparar svaret Ja på krav P-16 från en äldre sida
    Så visas båda svaren
    Och svaret på krav P-16 är fortfarande Nej

  Scenario: Två personer på samma krav ser varandras svar och väljer, utan att lämna sidan
    Givet att kontaktpersonen har svarat Nej på krav P-16 med "Två enheter saknar kort."
    När svaret Ja på krav P-16 sparar sig självt från en äldre sida
    Så visas båda svaren
    När informationssäkerhetsansvarig väljer att behålla det som är sparat på krav P-16
    Så är svaret på krav P-16 oförändrat Nej

  Scenario: Ett krav som beställningen utesluter frågas inte, och svaret finns kvar
    Givet att beställningen säger att it-driften delas med andra
    Och att kontaktpersonen har svarat Nej på krav P-49 med "Egna scheman saknas."
    Så läser informationssäkerhetsansvarig "Frågas för att ni delar it-drift med andra." på sidan för krav P-49
    När beställningen säger att it-driften inte delas
    Så är 0 av 79 krav besvarade
    När beställningen säger att it-driften delas med andra
    Så är 1 av 80 krav besvarade

  Scenario: Firmatecknaren skriver under först när testerna är klara
    Givet att alla krav är besvarade med Ja
    Och att självdeklarationen är lämnad för underskrift
    När firmatecknaren skriver under självdeklarationen
    Så är självdeklarationen inte underskriven
    När testerna är klara
    Och firmatecknaren skriver under självdeklarationen
    Så är det federationsägarens tur att granska självdeklarationen
    Och den underskrivna självdeklarationen finns som handling

  Scenario: Ingen annan än firmatecknaren skriver under
    Givet att alla krav är besvarade med Ja
    Och att testerna är klara
    Och att självdeklarationen är lämnad för underskrift
    När kontaktpersonen försöker skriva under självdeklarationen
    Så får kontaktpersonen veta att rollen saknas

  Scenario: Ett svar kommer tillbaka med vad som ska kompletteras
    Givet att självdeklarationen är underskriven med en avvikelse på P-09
    När granskaren godtar alla svar Ja
    Och granskaren begär komplettering av P-09 med "Beskriv vem som äger registret."
    Och granskaren skickar tillbaka självdeklarationen
    Så läser informationssäkerhetsansvarig "Beskriv vem som äger registret." på krav P-09
    När informationssäkerhetsansvarig förklarar avvikelsen på P-09 med "Säkerhetschefen äger registret."
    Och självdeklarationen lämnas och skrivs under igen
    Så är bara krav P-09 kvar att granska
    När granskaren godtar krav P-09
    Och granskaren godtar självdeklarationen
    Så är självdeklarationen klar

  Scenario: En utomstående ser ingenting
    När en utomstående öppnar självdeklarationen
    Så finns självdeklarationen inte för den utomstående
