"""Names and addresses that read as another than they are."""

import pytest

from portal.services import invitations
from portal.services.installation import Installation
from tests.conftest import Cast
from workflows.errors import Invalid
from workflows.identifiers import clean


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_text_that_turns_around(sign: str) -> None:
    assert clean(f"Godk{sign}änd") == "Godkänd"


def test_text_that_needs_its_joiners() -> None:
    assert clean("👩\u200d👧 مى\u200cخواهم") == "👩\u200d👧 مى\u200cخواهم"


@pytest.mark.parametrize("sign", "\u200b\u202e\ufeff\u00ad\u2060")
def test_an_address_with_a_sign_that_nobody_sees(home: Installation, people: Cast, sign: str) -> None:
    with pytest.raises(Invalid) as refusal:
        invitations.invite(
            home, people.contact, people.organisation, f"tech{sign}@exempel.se", "Ola Nyman", "signatory"
        )
    assert refusal.value.errors["email"].code == "email_form"
