"""Slowing down guessing: failed tries per account and per address, in the database, with a wait that grows."""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select

from portal.services.installation import Work
from portal.store.models import SignInAttempt
from portal.store.models.base import new_id
from workflows.errors import Refusal

FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 30
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=6)


class Throttled(Refusal):
    """Too many tries; `seconds` is how long to wait before the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Try:
    """A try that counts as failed until it is forgiven."""

    ids: tuple[str, ...]


def begin(work: Work, email: str, address: str) -> Try:
    """Count a try before it is examined, so that many at once gain nothing. Raises Throttled."""
    account, place = account_of(email), _place(address)
    work.session.execute(delete(SignInAttempt).where(SignInAttempt.at < work.now - REMEMBERED))
    left = max(
        wait(_times(work, account), FREE_PER_ACCOUNT, work.now),
        wait(_times(work, place), FREE_PER_ADDRESS, work.now),
    )
    if left > timedelta():
        raise Throttled(ceil(left.total_seconds()))
    rows = [SignInAttempt(id=new_id(), subject=subject, at=work.now) for subject in (account, place)]
    work.session.add_all(rows)
    work.session.flush()
    return Try(tuple(row.id for row in rows))


def forgive(work: Work, tried: Try) -> None:
    """The try was right: it no longer counts."""
    work.session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(tried.ids)))


def clear(work: Work, email: str) -> None:
    """The person has shown who they are: earlier failures of the account no longer count."""
    work.session.execute(delete(SignInAttempt).where(SignInAttempt.subject == account_of(email)))


def wait(failures: Sequence[datetime], free: int, at: datetime) -> timedelta:
    """How long until the next try: nothing for the first `free` failures, then twice as long for each."""
    if len(failures) < free:
        return timedelta()
    doublings = min(len(failures) - free, 10)
    pause: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return max(max(failures) + pause - at, timedelta())


def account_of(email: str) -> str:
    """The account as a hash, so that what strangers type into the field is not kept."""
    return "account:" + hashlib.sha256(email.strip().casefold().encode("utf-8", "replace")).hexdigest()


def _place(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    if found.version == 6:
        return f"address:{ipaddress.ip_network((int(found), 64), strict=False)}"
    return f"address:{found}"


def _times(work: Work, subject: str) -> Sequence[datetime]:
    return work.session.scalars(select(SignInAttempt.at).where(SignInAttempt.subject == subject)).all()
