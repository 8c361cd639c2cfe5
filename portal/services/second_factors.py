"""The second factor: codes of an authenticator app, each time step once, and recovery codes, each once."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Literal

import pyotp
from sqlalchemy import delete, func, select

from portal.services.installation import Work
from portal.store.models import Person, RecoveryCode
from workflows.events import RecoveryCodeUsed

STEP_SECONDS = 30
RECOVERY_CODES = 10
Kind = Literal["app", "recovery"]


def new_secret() -> str:
    """A new secret for an authenticator app, in base32 (160 bits)."""
    return str(pyotp.random_base32())


def address(secret: str, email: str, issuer: str) -> str:
    """The otpauth address that an app reads as a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


def step_of(secret: str, code: str, at: datetime, after: int | None) -> int | None:
    """The time step whose code this is: now or a neighbour, and later than `after`; None for a wrong code."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    here = int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    right = [
        step for step in (here - 1, here, here + 1) if hmac.compare_digest(app.generate_otp(step), digits)
    ]
    return next((step for step in right if after is None or step > after), None)


def accept(work: Work, person: Person, code: str) -> Kind | None:
    """Use up a code of the person, whose row the caller holds locked; None when it is wrong or used already."""
    if person.totp_secret is not None:
        step = step_of(person.totp_secret, code, work.now, person.totp_last_step)
        if step is not None:
            person.totp_last_step = step
            return "app"
    found = work.session.scalars(
        select(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        return None
    found.used_at = work.now
    work.record(RecoveryCodeUsed(person.id))
    return "recovery"


def new_recovery_codes(work: Work, person_id: str) -> list[str]:
    """Ten new recovery codes of 80 bits, as they are shown once; the old ones stop working."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [_code() for _ in range(RECOVERY_CODES)]
    work.session.add_all(RecoveryCode(person_id=person_id, code_hash=_hash(code)) for code in codes)
    return codes


def recovery_codes_left(work: Work, person_id: str) -> int:
    work.session.flush()
    return (
        work.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def _code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def _hash(code: str) -> str:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()
