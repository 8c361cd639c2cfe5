"""The checks that exist: each is one function, registered under its number in the suite."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from portal.verification.notebook import Notebook
from portal.verification.trail import Trail

Check = Callable[[Trail, Notebook], None]
_CHECKS: dict[str, Check] = {}


def check(number: str) -> Callable[[Check], Check]:
    """Register a function as the check of that number."""

    def register(function: Check) -> Check:
        if number in _CHECKS:
            raise ValueError(f"check {number} is registered twice: {function.__module__}")
        _CHECKS[number] = function
        return function

    return register


@cache
def checks() -> Mapping[str, Check]:
    """Every check by number, read from the modules in `portal/verification/checks/`."""
    package = importlib.import_module("portal.verification.checks")
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")
    return dict(_CHECKS)
