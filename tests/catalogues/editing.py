"""The next version of the requirements as an owner would edit it, and the way to publish it."""

from copy import deepcopy
from typing import Any

import yaml

from checklists import load
from portal.services import catalogue_drafts, catalogue_publishing
from portal.services.catalogue_publishing import Published
from portal.services.installation import Installation
from portal.store import catalogues
from tests.conftest import Cast

NEW = "P-99"


def edited(version: str = "1.1", **changes: Any) -> str:
    """The shipped declaration in which P-01 reads otherwise, P-02 is taken out, P-03 has other guidance and P-99 is new."""
    body = yaml.safe_load(load.to_yaml(load.declaration("1")))
    body["version"] = version
    first, _, third, *rest = body["requirements"]
    first["text"] = {"sv": "Ni arbetar ännu mer systematiskt.", "en": "You work in an even more planned way."}
    third["why"] = {"sv": "En ny förklaring.", "en": "A new explanation."}
    added = {**deepcopy(rest[0]), "id": NEW, "title": {"sv": "Ett nytt krav", "en": "A new requirement"}}
    added.pop("shown_if", None)
    body["requirements"] = [first, third, *rest, added]
    body.update(changes)
    return str(yaml.safe_dump(body, allow_unicode=True, sort_keys=False))


def upload(home: Installation, people: Cast, text: str) -> str:
    return catalogue_drafts.upload(home, people.admin, "krav.yaml", text.encode())


def publish(home: Installation, people: Cast, text: str | None = None) -> Published:
    draft = upload(home, people, text or edited())
    with home.read() as session:
        newest = catalogues.newest_version(session)
    return catalogue_publishing.publish(home, people.admin, draft, newest)
