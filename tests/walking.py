"""Walking through the portal in Chromium as its people: each has a window, and each new page is looked at closely."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = 1280, 390
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "iframes": False,
}
# Set to a folder to get a picture of every page that is looked at, in both widths.
PICTURES = os.environ.get("ANSLUT_PICTURES")
# What a program writes and a person should not read, except as an example of how to fill in a field.
RAW = re.compile(r"(?<![\w-])20\d\d-\d\d-\d\d(?![\w-])|\b(?:None|undefined|Undefined)\b")
SAID = """() => {
  const page = document.body.cloneNode(true);
  page.querySelectorAll("script, .govuk-hint, textarea").forEach(part => part.remove());
  return page.textContent;
}"""


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@contextmanager
def chromium_browser(executable: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Walk:
    """A demo, a browser, and what was found wrong on the way."""

    browser: Any
    address: str
    scripts: bool = True
    windows: dict[str, "Window"] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def stranger(self) -> "Window":
        """A window that nobody has signed in with."""
        return Window(self, self._page())

    def person(self, name: str) -> "Window":
        """The window of a demo person, signed in through the demo's door the first time."""
        if name not in self.windows:
            window = Window(self, self._page())
            window.go("/sign-in")
            window.look("sign-in")
            window.press(f"Logga in som {name}")
            self.windows[name] = window
        return self.windows[name]

    def someone(self, organisation: str, role: str) -> "Window":
        """The window of whoever has that role in any organisation of the demo, signed in the first time."""
        key = f"{role}, {organisation}"
        if key not in self.windows:
            window = Window(self, self._page())
            window.go("/sign-in")
            window.open("Fler organisationer")
            home = window.page.locator("section.card").filter(
                has=window.page.get_by_role("heading", name=organisation, exact=True)
            )
            window.click(home.get_by_role("listitem").filter(has_text=role).get_by_role("button"))
            self.windows[key] = window
        return self.windows[key]

    def _page(self) -> Any:
        context = self.browser.new_context(
            viewport={"width": WIDE, "height": 900},
            locale="sv-SE",
            java_script_enabled=self.scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context.new_page()


class Window:
    """One person's window. Whatever its console says is a problem."""

    def __init__(self, walk: Walk, page: Any) -> None:
        self.walk = walk
        self.page = page
        self.asked = ""
        page.on("console", lambda said: walk.problems.append(f"{page.url}: console: {said.text}"))
        page.on("pageerror", lambda error: walk.problems.append(f"{page.url}: script: {error}"))
        page.on("response", self._answered)

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.walk.problems.append(f"{response.request.method} {response.url}: {response.status}")

    def go(self, path: str) -> None:
        self.page.goto(self.walk.address + path)

    def press(self, name: str, within: str = "body") -> None:
        """Press the button with exactly that name, as a screen reader says it, and wait for the page it leads to."""
        self.click(self.page.locator(within).get_by_role("button", name=name, exact=True))

    def follow(self, name: str, within: str = "body", exact: bool = True) -> None:
        """Follow the link with that name."""
        self.click(self.page.locator(within).get_by_role("link", name=name, exact=exact).first)

    def click(self, element: Any) -> None:
        """Click what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            element.click()

    def offers(self, role: str, name: str) -> bool:
        """Whether the page has a button or a link with exactly that name."""
        return bool(self.page.get_by_role(role, name=name, exact=True).count())

    def open(self, summary: str, within: str = "body") -> None:
        """Open the folded part with that heading."""
        self.page.locator(within).locator("summary", has_text=summary).first.click()

    def fill(self, label: str, value: str, within: str = "body") -> None:
        self.page.locator(within).get_by_label(label, exact=True).first.fill(value)

    def pick(self, label: str, value: str) -> None:
        """Pick from a list."""
        self.page.get_by_label(label, exact=True).first.select_option(label=value)

    def check(self, legend: str, choice: str) -> None:
        """Choose a radio button or tick a box in the group with that legend."""
        group = self.page.get_by_role("group", name=legend, exact=True).first
        group.get_by_label(choice, exact=True).check()

    def choose(self, legend: str, choice: str) -> None:
        """Choose by a form's own kind of control: a list or radio buttons."""
        listed = self.page.locator("select").and_(self.page.get_by_label(legend, exact=True))
        if listed.count():
            listed.first.select_option(label=choice)
        else:
            self.check(legend, choice)

    def value(self, label: str) -> str:
        """What stands in the field."""
        return str(self.page.get_by_label(label, exact=True).first.input_value())

    def says(self, words: str, within: str = "main") -> bool:
        return words in self.text(within)

    def text(self, within: str = "main") -> str:
        return str(self.page.locator(within).first.inner_text())

    def title(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def path(self) -> str:
        return str(self.page.url).removeprefix(self.walk.address)

    def download(self, name: str, within: str = "body") -> bytes:
        """The file behind the link with that name."""
        with self.page.expect_download() as coming:
            self.page.locator(within).get_by_role("link", name=name).first.click()
        return Path(coming.value.path()).read_bytes()

    def look(self, name: str) -> None:
        """Look closely at the page, once for each name: in both widths nothing sticks out, and axe finds nothing."""
        if name in self.walk.looked_at:
            return
        self.walk.looked_at.add(name)
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            self._measure(f"{name} at {width} px")
            self._picture(f"{name}-{width}")
        if self.walk.scripts:
            self._axe(name)
        for found in RAW.findall(self.page.evaluate(SAID)):
            self.walk.problems.append(f"{name}: shows a raw value: {found}")

    def _measure(self, where: str) -> None:
        if not self.walk.scripts:
            return
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            self.walk.problems.append(f"{where}: {wide} px too wide")

    def _axe(self, name: str) -> None:
        # Evaluated rather than added as an element: the page's own policy would refuse that, as it should.
        self.page.evaluate(axe_source())
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)
        for violation in found["violations"]:
            for node in violation["nodes"]:
                self.walk.problems.append(f"{name}: {violation['id']}: {node['target']} {node['html'][:120]}")

    def _picture(self, name: str) -> None:
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
