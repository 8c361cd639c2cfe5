"""Passwords: what may be one, and how it is kept and compared (argon2id)."""

import re
import unicodedata
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflows.errors import Reason

SHORTEST, LONGEST = 12, 200
LEFT_OF_NAMES = 6
FEWEST_CHARACTERS = 5
_HASHER = PasswordHasher()

# Long ones as they are, and stems that people make long enough with digits at the end.
COMMON = frozenset((resources.files(__package__) / "common_passwords.txt").read_text("utf-8").split())
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyzåäö", "qwertyuiopåasdfghjklöäzxcvbnm")


def fault(password: str, email: str, name: str) -> Reason | None:
    """Why this cannot be the person's password, or None; no rules about kinds of characters (NIST SP 800-63B)."""
    text = _same(password)
    if len(text) < SHORTEST:
        return Reason("password_short", {"min": SHORTEST})
    if len(text) > LONGEST:
        return Reason("password_long", {"max": LONGEST})
    plain = text.casefold()
    if _of_names(plain, email.casefold(), name.casefold()):
        return Reason("password_name")
    if _common(plain):
        return Reason("password_common")
    return None


def _of_names(plain: str, email: str, name: str) -> bool:
    left = plain.replace(email, "")
    for word in sorted({email.partition("@")[0], *re.split(r"[\s-]+", name)}, key=len, reverse=True):
        if len(word) > 2:
            left = left.replace(word, "")
    return left != plain and len(left) < LEFT_OF_NAMES


def _common(plain: str) -> bool:
    stem = re.sub(r"[\d\W_]+$", "", plain)
    run = any(plain in line or plain in line[::-1] for line in _RUNS)
    return run or len(set(plain)) < FEWEST_CHARACTERS or plain in COMMON or stem in COMMON


def made(password: str) -> str:
    """The hash to keep."""
    return _HASHER.hash(_same(password))


def matches(kept: str | None, password: str) -> bool:
    """True when the password is the one kept. Without a kept one the same work is done, so that time tells nothing."""
    try:
        _HASHER.verify(kept or _nobody(), _same(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """True when the hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return _HASHER.hash("a password that nobody has")


def _same(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
