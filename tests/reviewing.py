"""A browser for tests that reviews every page it fetches: title, language, labels, headings, nonces."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LABELLED = frozenset({"input", "select", "textarea"})
UNLABELLED_TYPES = frozenset({"hidden", "submit", "button", "image"})


class ReviewingClient(FlaskClient):
    """Posts carry the CSRF token of the session, as a page's form would; `sends_csrf` turns that off.

    `reviews` turns the review off, for tests that fetch hundreds of pages which others have reviewed.
    """

    sends_csrf = True
    reviews = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if self.sends_csrf and kwargs.get("method") == "POST" and kwargs.get("content_type") is None:
            data = kwargs.get("data")
            if data is None or isinstance(data, dict):
                kwargs["data"] = {"csrf_token": self._csrf_token(), **(data or {})}
        response = super().open(*args, **kwargs)
        if (
            self.reviews
            and response.mimetype == "text/html"
            and response.data
            and "HX-Request" not in (kwargs.get("headers") or {})
        ):
            problems = review(response)
            assert not problems, f"{response.request.path}: " + "; ".join(problems)
        return response

    def _csrf_token(self) -> str:
        from flask_wtf.csrf import generate_csrf

        with self.session_transaction() as session:
            raw = session.get("csrf_token")
        with self.application.test_request_context():
            from flask import session as request_session

            if raw is not None:
                request_session["csrf_token"] = raw
            token = str(generate_csrf())
            raw = request_session["csrf_token"]
        with self.session_transaction() as session:
            session["csrf_token"] = raw
        return token


def review(response: TestResponse) -> list[str]:
    """What is wrong with a page; empty when nothing is."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(response.get_data(as_text=True))
    problems = [f"invalid HTML at {error[0]}: {error[1]}" for error in parser.errors]
    if response.status_code < 300 or response.status_code >= 400:
        problems += _headings(tree)
    problems += _labels(tree)
    problems += _policy(tree, response.headers.get("Content-Security-Policy", ""))
    problems += _identifiers(tree)
    if tree.get("lang") not in ("sv", "en"):
        problems.append("the page does not say its language")
    return problems


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _headings(tree: Element) -> list[str]:
    headings = [_text(found) for found in tree.iter("h1")]
    if len(headings) != 1 or not headings[0]:
        return [f"one h1 is wanted, found {headings}"]
    title = tree.find(".//title")
    if title is None or headings[0] not in _text(title):
        return [f"the title does not carry the heading {headings[0]!r}"]
    return []


def _labels(tree: Element) -> list[str]:
    labels = {found.get("for") for found in tree.iter("label") if _text(found)}
    problems = []
    for field in tree.iter():
        if field.tag not in LABELLED or field.get("type") in UNLABELLED_TYPES:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby")
        if field.get("id") not in labels and not named:
            problems.append(f"the field {field.get('name')} has no label")
    return problems


def _policy(tree: Element, policy: str) -> list[str]:
    problems = (
        []
        if "unsafe" not in policy and "nonce-" in policy
        else ["the content security policy is weak or missing"]
    )
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.get("style") is not None or element.tag == "style":
            problems.append(f"inline style on {element.tag}")
        problems += [f"inline handler {name}" for name in element.attrib if name.startswith("on")]
        if (
            element.tag == "script"
            and element.get("src") is None
            and f"nonce-{element.get('nonce')}" not in policy
        ):
            problems.append("a script without the nonce")
    return problems


def _identifiers(tree: Element) -> list[str]:
    seen: set[str] = set()
    problems = []
    for element in tree.iter():
        found = element.get("id") if isinstance(element.tag, str) else None
        if found and found in seen:
            problems.append(f"the id {found} is used twice")
        seen.add(found or "")
    return problems
