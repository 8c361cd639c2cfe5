"""The reader's language, and how texts, dates and numbers are written in it."""

from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import current_user

from portal.services.installation import SWEDEN
from portal.texts import DEFAULT_LANGUAGE, LANGUAGES, text
from portal.web.viewer import installation


def language() -> str:
    """The language of this page: the person's own, else the browser's choice kept in the cookie, else Swedish."""
    # A page asks hundreds of times: the answer that is already there is looked up in one step.
    try:
        return str(g.language)
    except (AttributeError, RuntimeError):
        return _chosen() if has_request_context() else DEFAULT_LANGUAGE


def _chosen() -> str:
    chosen = session.get("language")
    if chosen not in LANGUAGES and current_user.is_authenticated:
        chosen = current_user.language
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
    g.language = chosen
    return str(chosen)


def t(key: str, **params: Any) -> str:
    """The portal's text of this key in the reader's language."""
    return text(key, language(), **params)


def local(moment: datetime) -> datetime:
    return moment.astimezone(SWEDEN)


def long_date(value: date | datetime | None) -> str:
    """23 november 2026."""
    if value is None:
        return ""
    day = local(value).date() if isinstance(value, datetime) else value
    return format_date(day, "d MMMM y", locale=language())


def clock_time(value: datetime | None) -> str:
    """14.02."""
    return local(value).strftime("%H.%M") if value else ""


def date_time(value: datetime | None) -> str:
    """23 november 2026 14.02."""
    return f"{long_date(value)} {clock_time(value)}" if value else ""


def when(value: datetime | None) -> str:
    """How one says it: today 09.14, yesterday 16.40, 3 September, or with the year when it is another."""
    if value is None:
        return ""
    today, day = local(installation().clock()).date(), local(value).date()
    if day == today:
        return t("layout.today", time=clock_time(value))
    if day == today - timedelta(days=1):
        return t("layout.yesterday", time=clock_time(value))
    pattern = "d MMMM" if day.year == today.year else "d MMMM y"
    return format_date(day, pattern, locale=language())


def number(value: int) -> str:
    """1 250."""
    return format_decimal(value, locale=language())


def install(app: Flask) -> None:
    Babel(app, locale_selector=language, default_timezone="Europe/Stockholm")
    app.jinja_env.filters.update(
        date=long_date, time=clock_time, datetime=date_time, when=when, number=number
    )
    app.jinja_env.globals["t"] = t
    app.context_processor(lambda: {"language": language()})
