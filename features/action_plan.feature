# language: sv
Egenskap: Åtgärdsplan
  Varje brist blir en daterad åtgärd som någon ansvarar för. Planen visas som lista eller som tavla,
  och den som är sen syns.

  Bakgrund:
    Givet att Exempelstads kommun har en godkänd beställning och en bedömd risk

  Scenario: En åtgärd har ansvarig, start, slut, kostnad, effekt och underlag
    När informationssäkerhetsansvarig planerar åtgärden "Inför dubbelkoll" från 2027-01-07 till 2027-02-01 med kostnaden Liten
    Så visar åtgärden effekten "Färre fel" och underlaget "Beslut KS 2027/3"
    Och planen visar "Inför dubbelkoll" med start 7 januari 2027 och liten kostnad

  Scenario: En åtgärd kan inte börja efter att den ska vara klar
    När informationssäkerhetsansvarig planerar åtgärden "Inför dubbelkoll" från 2027-03-01 till 2027-02-01 med kostnaden Liten
    Så står det att åtgärden börjar efter det datum då den ska vara klar
    Och planen är tom

  Scenariomall: En åtgärd flyttas mellan tavlans kolumner
    Givet åtgärden "Inför dubbelkoll" som ska vara klar om 30 dagar
    När informationssäkerhetsansvarig flyttar åtgärd 1 till <status>
    Så ligger åtgärd 1 i tavlans kolumn <kolumn>

    Exempel:
      | status | kolumn   |
      | begun  | Påbörjad |
      | done   | Klar     |

  Scenario: En försenad åtgärd räknas som försenad även när den är påbörjad
    Givet åtgärden "Inför dubbelkoll" som skulle ha varit klar för 3 dagar sedan
    När informationssäkerhetsansvarig flyttar åtgärd 1 till begun
    Så står det "Försenad 3 dagar" i planen
    När informationssäkerhetsansvarig flyttar åtgärd 1 till done
    Så står det inte "Försenad" i planen

  Scenario: Planen sorteras och filtreras med vanliga länkar
    Givet åtgärden "Öva reservrutinen" som ska vara klar om 10 dagar
    Och åtgärden "Avtala om återställning" som ska vara klar om 60 dagar
    Så visar planen i ordning "Öva reservrutinen, Avtala om återställning"
    Och visar planen sorterad på name "Avtala om återställning, Öva reservrutinen"
    Och visar planen sorterad på -due "Avtala om återställning, Öva reservrutinen"
    När informationssäkerhetsansvarig flyttar åtgärd 2 till done
    Så visar planen filtrerad på done "Avtala om återställning"
