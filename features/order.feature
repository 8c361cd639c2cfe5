# language: sv
Egenskap: Beställning
  En organisation som vill ansluta beställer först. Federationsägaren avgör om den får delta.

  Bakgrund:
    Givet att Exempelstads kommun har en anslutning som inte är påbörjad

  Scenario: En fullständig beställning skickas in och godkänns
    När kontaktpersonen fyller i hela beställningen
    Och kontaktpersonen skickar in beställningen
    Så är det federationsägarens tur
    När granskaren godkänner beställningen
    Så är beställningen klar
    Och QA-anslutningen kan påbörjas

  Scenario: Det som saknas räknas upp i stället för att stoppa utan skäl
    När kontaktpersonen fyller i beställningen utan leverantör
    Så går beställningen inte att skicka in eftersom leverantör saknas

  Scenario: Fel kontrollsiffra varnar men hindrar inte
    När kontaktpersonen sparar organisationsnumret 212000-1356
    Så varnas kontaktpersonen för kontrollsiffran
    Och beställningen är sparad

  Scenario: Beställningen kommer tillbaka med ett skäl
    Givet att beställningen är inskickad
    När granskaren begär komplettering med skälet "Kontaktpersoner saknas eller är fel"
    Så har kontaktpersonen fått ett brev med vad som ska kompletteras
    När kontaktpersonen skickar in beställningen igen
    Så är det federationsägarens tur

  Scenario: En organisation utanför deltagarmodellen får avslag
    Givet att beställningen är inskickad
    När granskaren avslår beställningen med skälet "Omfattas inte av deltagarmodellen"
    Så är beställningen avslagen
    Och inget annat steg kan påbörjas än de som redan är öppna

  Scenario: En utomstående ser ingenting
    När en utomstående öppnar beställningen
    Så finns sidan inte för den utomstående

  Scenario: Läsaren får se men inte skicka in
    Givet att beställningen är ifylld
    När läsaren försöker skicka in beställningen
    Så nekas läsaren
