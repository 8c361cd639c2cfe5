"""The web application: one factory that joins settings, database, pages, language and security."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.services.installation import Clock, Enqueue, Installation, now
from portal.settings import Settings
from portal.store.database import Database
from portal.web import blueprints, errors, guard, language, navigation, security, static_files, viewer

MAX_BODY = 2 * 1024 * 1024


def templates_folder() -> Path:
    """The templates: the packaged copy, or the folder in the checkout."""
    package = Path(__file__).parent
    packaged = package / "_templates"
    return packaged if packaged.is_dir() else package.parent / "templates"


def create_app(
    settings: Settings | None = None,
    *,
    installation: Installation | None = None,
    clock: Clock = now,
    enqueue: Enqueue | None = None,
) -> Flask:
    """The application over an existing installation, or over one opened from the settings."""
    settings = settings or Settings()
    if installation is None:
        installation = Installation(settings, Database(settings.database), clock)
        if enqueue is not None:
            installation.enqueue = enqueue
    app = Flask("portal", template_folder=None, static_folder=str(Path(__file__).parent / "static"))
    app.config.update(
        SECRET_KEY=security.cookie_key(settings.data_dir),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_NAME="anslut",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        TRUSTED_HOSTS=security.trusted_hosts(settings),
    )
    app.extensions["installation"] = installation
    _templates(app)
    csrf = CSRFProtect(app)
    app.extensions["csrf_check"] = csrf.protect
    for part in (language, viewer, guard, security, static_files, errors, navigation):
        part.install(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def _templates(app: Flask) -> None:
    app.jinja_options = {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(templates_folder()),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )


def application() -> Any:
    """What a WSGI server calls: `gunicorn -k portal.gathering.Worker "portal.app:application()"`."""
    from portal import logs
    from portal.queue import client_for

    logs.configure()
    settings = Settings()
    return create_app(settings, enqueue=client_for(settings))
