"""Persons who write in the same declaration with pages of their own, and what the server told each of them."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from portal.services.declarations import written
from portal.services.installation import Installation
from portal.store import answer_versions, declarations
from portal.store.connections import with_organisation
from portal.store.sessions import PARKED_FOR
from tests.account.conftest import Account, press, sign_in
from tests.conftest import Clock

ARRIVES, NOT_SENT, ANSWER_LOST, TWICE = "arrives", "not sent", "answer lost", "twice"
THEMES = {"P-01": "governance", "P-16": "access"}
Said = tuple[str | None, str]


@dataclass
class Tab:
    """An open page: what it would post, the versions of the answer that it has shown, and whether a choice is asked."""

    who: str
    requirement: str
    listed: bool
    fields: dict[str, str] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)
    overtaken: bool = False
    left: bool = False

    @property
    def prefix(self) -> str:
        return f"{self.requirement}-" if self.listed else ""

    @property
    def said(self) -> Said:
        """What the page would save."""
        value, comment = (self.fields.get(f"{self.prefix}{name}", "") for name in ("value", "comment"))
        return value or None, written(comment)

    def write(self, value: str, comment: str) -> None:
        self.fields |= {f"{self.prefix}value": value, f"{self.prefix}comment": comment}


@dataclass
class Parked:
    """What somebody posted with an expired session."""

    tab: Tab
    fields: dict[str, str]
    id: str
    at: object


class Editors:
    """Persons at their browsers. `told` holds by requirement every answer that the server said it had saved."""

    def __init__(
        self, app: Flask, home: Installation, clock: Clock, connection: str, accounts: dict[str, Account]
    ) -> None:
        self.home, self.clock, self.connection = home, clock, connection
        self.accounts = {
            name: Account(**{**vars(account), "clock": clock}) for name, account in accounts.items()
        }
        self.browsers: dict[str, FlaskClient] = {name: app.test_client() for name in accounts}
        self.seen_at = dict.fromkeys(accounts, clock() - timedelta(days=9))
        self.parked: dict[str, list[Parked]] = {name: [] for name in accounts}
        self.told: dict[str, list[Said]] = {name: [] for name in THEMES}

    def history(self, requirement: str) -> tuple[list[Said], tuple[int, Said]]:
        """The versions in store, the oldest first, and the answer as it stands with its version."""
        with self.home.read() as session:
            found = with_organisation(session, self.connection)
            assert found is not None
            answer = declarations.answer(session, found[0], requirement)
            if answer is None:
                return [], (0, (None, ""))
            kept = [(row.value, row.comment) for row, _ in answer_versions.history(session, answer.id)]
            return kept[::-1], (answer.version, (answer.value, answer.comment))

    def address(self, tab: Tab) -> str:
        last = f"themes/{THEMES[tab.requirement]}" if tab.listed else tab.requirement
        return f"/connections/{self.connection}/declaration/{last}"

    def is_out(self, who: str) -> bool:
        return self.clock() - self.seen_at[who] >= timedelta(hours=2)

    def come_in(self, who: str, *, resume: bool) -> None:
        """Sign in; what was parked last is shown, and is sent again when the person resumes."""
        browser = self.browsers[who]
        came_to = sign_in(browser, self.accounts[who]).location
        self.seen_at[who] = self.clock()
        waiting = [one for one in self.parked[who] if self.clock() - one.at < PARKED_FOR]
        assert came_to.startswith("/account/parked/") is bool(waiting), came_to
        if not waiting:
            return
        one = waiting[-1]
        assert came_to.startswith(f"/account/parked/{one.id}")
        path, fields = press(browser, came_to)
        assert path == self.address(one.tab)
        for name, value in one.fields.items():
            assert written(fields[name]) == written(value), f"{name} is not offered back as it was written"
        if resume:
            one.tab.fields, one.tab.left = fields, False
            answer = self.send(one.tab, live=False, fate=ARRIVES)
            assert answer is not None
            if answer.status_code < 400:
                self.parked[who].remove(one)

    def open(self, tab: Tab) -> None:
        """Fetch the page, which shows the answer as it stands."""
        if self.is_out(tab.who):
            self.come_in(tab.who, resume=False)
        answer = self.browsers[tab.who].get(self.address(tab))
        assert answer.status_code == 200
        self.seen_at[tab.who] = self.clock()
        tab.fields = fields_of(answer.get_data(as_text=True), tab)
        tab.left = tab.overtaken = False
        _, (version, said) = self.history(tab.requirement)
        assert (int(tab.fields[f"{tab.prefix}version"]), tab.said) == (version, said)
        tab.shown = {version}

    def send(self, tab: Tab, *, live: bool, fate: str, choice: str = "") -> TestResponse | None:
        """Post what the page holds; what the person's browser gets back, or None when nothing came."""
        if fate == NOT_SENT:
            return None
        answer = self._post(tab, live, choice)
        if fate == TWICE and not self.is_out(tab.who):
            _, before = self.history(tab.requirement)
            again = self._post(tab, live, choice)
            assert (again.status_code == 409) is (answer.status_code == 409)
            assert self.history(tab.requirement)[1] == before
        if fate == ANSWER_LOST and not tab.left:
            return None
        self._arrived(tab, answer, live)
        return answer

    def _post(self, tab: Tab, live: bool, choice: str) -> TestResponse:
        """One request, held against what is in store before and after it."""
        out = self.is_out(tab.who)
        _, (version, stored) = self.history(tab.requirement)
        more = {"choice": f"{choice} {tab.requirement}"} if choice else {}
        headers = {"HX-Request": "true"} if live else {}
        data = {**tab.fields, "line": tab.requirement, **more}
        answer = self.browsers[tab.who].post(self.address(tab), data=data, headers=headers)
        _, (now, kept) = self.history(tab.requirement)
        if out:
            self._was_parked(tab, answer, live)
        else:
            self.seen_at[tab.who] = self.clock()
        if out or choice == "theirs":
            assert (now, kept) == (version, stored)
        elif answer.status_code == 409:
            assert (now, kept) == (version, stored)
            assert version not in tab.shown or int(tab.fields[f"{tab.prefix}version"]) != version
            _shows_both(answer, stored, None if live else tab.said)
        else:
            assert answer.status_code in (200, 302)
            self._was_saved(tab, version, now, kept)
        return answer

    def _was_saved(self, tab: Tab, version: int, now: int, kept: Said) -> None:
        untouched = tab.listed and now == version
        assert kept == tab.said or untouched
        if now != version:
            assert now == version + 1
            assert version in tab.shown, f"version {version} was overwritten by a page that never showed it"
            self.told[tab.requirement].append(tab.said)

    def _was_parked(self, tab: Tab, answer: TestResponse, live: bool) -> None:
        where = answer.headers["HX-Redirect"] if live else answer.location
        assert where.startswith("/sign-in")
        tab.left = True
        parked_id = parse_qs(urlsplit(where).query).get("parked")
        ran_out = self.seen_at[tab.who] + timedelta(hours=2)
        assert bool(parked_id) is (self.clock() < ran_out + PARKED_FOR)
        if parked_id:
            kept = {name: value for name, value in tab.fields.items() if name not in ("csrf_token", "parked")}
            self.parked[tab.who].append(Parked(tab, kept, parked_id[0], self.clock()))

    def _arrived(self, tab: Tab, answer: TestResponse, live: bool) -> None:
        """What the page is after the answer has come."""
        if tab.left:
            return
        if answer.status_code == 302:
            self.open(tab)
            return
        page = answer.get_data(as_text=True)
        _, (version, _) = self.history(tab.requirement)
        tab.overtaken = answer.status_code == 409 and (live or tab.listed)
        tab.shown.add(version)
        if live:
            names = ("version", "was", "seen")
            found = re.findall(rf'name="{tab.prefix}({"|".join(names)})" value="([^"]*)"', page)
            tab.fields |= {f"{tab.prefix}{name}": value for name, value in found}
        else:
            tab.fields = fields_of(page, tab)


def fields_of(page: str, tab: Tab) -> dict[str, str]:
    """What the form of the answer would post as the page stands."""
    tree = html.fromstring(page)
    main = next(iter(tree.xpath('//form[@id="answer"]')), None)
    main = tree.xpath("//main")[0] if main is None else main
    found = {}
    for name in ("version", "was", "seen", "value", "comment"):
        for field_ in main.xpath(f'.//*[@name="{tab.prefix}{name}"]'):
            if field_.tag == "textarea":
                # A browser drops the line break that follows the tag.
                found[f"{tab.prefix}{name}"] = (field_.text or "").removeprefix("\n")
            elif field_.get("type") != "radio" or field_.get("checked") is not None:
                found[f"{tab.prefix}{name}"] = field_.get("value")
    return found


def _shows_both(answer: TestResponse, theirs: Said, mine: Said | None) -> None:
    page = html.fromstring(answer.get_data(as_text=True))
    words = " ".join(page.text_content().split())
    for said in (theirs, mine):
        if said:
            assert " ".join(said[1].split()) in words
