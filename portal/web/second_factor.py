"""Before something is signed or decided, the person shows the second factor again, and nothing typed is lost."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.web.language_choice import came_from
from portal.web.parked import park


def ask_unless_fresh() -> ResponseReturnValue | None:
    """None when the second factor was shown lately; else the way to the page that asks, with the body kept."""
    if current_user.second_factor_fresh:
        return None
    return redirect(url_for("account.fresh", parked=park(), next=came_from()))
