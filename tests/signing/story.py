"""The one-time link as those meet it who send and get it."""

import re

from sqlalchemy import select

from portal.services import signing_links
from portal.services.sessions import Origin
from portal.store.models import Letter
from tests.story import Story

ORIGIN = Origin("192.0.2.7", "a browser")
SIGNATORY = ("Per Holm", "per.holm@exempel.se")


def made(story: Story, who: str = "infosec") -> tuple[str, str]:
    """A new link's token, as the letter carries it, and its code, as the maker's page shows it."""
    code = signing_links.make(story.home, story.people.person[who], story.connection, *SIGNATORY).code
    return token_in_letter(story), code


def token_in_letter(story: Story) -> str:
    """The token of the link in the latest letter to the signatory."""
    with story.home.read() as session:
        bodies = session.scalars(
            select(Letter.body).where(Letter.address == SIGNATORY[1]).order_by(Letter.created_at, Letter.id)
        ).all()
    found = re.search(r"/signing/([\w-]+)", bodies[-1])
    assert found is not None
    return found.group(1)


def try_code(story: Story, token: str, code: str, address: str = ORIGIN.address) -> bool:
    """Whether the code opens the link."""
    return signing_links.open_with(story.home, token, code, Origin(address, ORIGIN.agent))


def seen(story: Story, token: str) -> str:
    """The hash of the answers as the signatory reads them."""
    with story.home.read() as session:
        return signing_links.look(story.home, session, token).sha256


def wrong(code: str) -> str:
    """Another code of the same length."""
    return ("A" if code[0] != "A" else "B") + code[1:]
