"""The app: every blueprint, every hook, in one place."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIFlask
from flask import Flask, request

from kanchay._version import __version__
from kanchay.bootstrap import secret_key
from kanchay.services.context import Context
from kanchay.settings import Settings
from kanchay.web import assets
from kanchay.web.bodies import check_json
from kanchay.web.compress import init_compression
from kanchay.web.csrf import check_csrf, csrf_field, csrf_token
from kanchay.web.errors import init_errors
from kanchay.web.headers import init_headers
from kanchay.web.metrics import Metrics, init_metrics
from kanchay.web.sessions import Cookies, close_door
from kanchay.web.shell import Product

__all__ = ["create_app"]

_MB = 1024 * 1024


def create_app(ctx: Context, settings: Settings, *, demo: bool = False) -> APIFlask:
    """The web app over these ports.

    Parameters
    ----------
    ctx : Context
        The ports, as `kanchay.bootstrap` joins them.
    settings : Settings
        `home` keeps the key that signs the sessions; `max_upload_mb` bounds a request.
    demo : bool, default False
        Sign a browser on this very machine in by itself; nobody else.

    Returns
    -------
    APIFlask
        A WSGI app; its OpenAPI 3.1 description is at ``/api/openapi.json``.
    """
    app = APIFlask(
        "kanchay.web",
        title="Kanchay",
        version=__version__,
        spec_path="/api/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    metrics = Metrics()
    app.extensions["kanchay"] = Product(ctx, settings, demo, metrics)
    app.session_interface = Cookies()
    _configure(app, settings)
    init_metrics(app, metrics)
    close_door(app)
    app.before_request(check_csrf)
    app.before_request(check_json)
    init_errors(app)
    _register(app)
    init_headers(app)
    init_compression(app)
    return app


def _configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="kanchay",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * _MB,
        MAX_FORM_MEMORY_SIZE=_MB,
        TEMPLATES_AUTO_RELOAD=False,
        OPENAPI_VERSION="3.1.0",
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_SERVERS=False,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=assets.asset,
        uplot=assets.UPLOT,
        uplot_css=assets.UPLOT_CSS,
        htmx=assets.HTMX,
        csrf_field=csrf_field,
        csrf_token=csrf_token,
        version=__version__,
        here=lambda: request.full_path.rstrip("?"),
    )


def _register(app: Flask) -> None:
    from kanchay.web.api import blueprints as api
    from kanchay.web.pages import blueprints as pages
    from kanchay.web.serving import blueprints as serving

    for blueprint in (*pages, *api, *serving):
        app.register_blueprint(blueprint)
