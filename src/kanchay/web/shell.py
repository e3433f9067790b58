"""What every page shares: the reader's language and theme, the sites in the menu, the frame around the content."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from flask import current_app, g, render_template, request

from kanchay.domain.point import Site, SiteKind
from kanchay.domain.scope import Actor
from kanchay.services.context import Context
from kanchay.settings import Settings
from kanchay.web.formats import Formats
from kanchay.web.i18n import LOCALES, Words, pick_locale
from kanchay.web.memo import Memo
from kanchay.web.metrics import Metrics
from kanchay.web.reading import Readings
from kanchay.web.sessions import current_actor, scope
from kanchay.web.storing import Storings
from kanchay.web.uploads import Uploads

__all__ = [
    "LANGUAGE_COOKIE",
    "THEMES",
    "THEME_COOKIE",
    "Product",
    "Reader",
    "product",
    "reader",
    "render",
    "render_error",
]

LANGUAGE_COOKIE: Final = "kanchay-language"
THEME_COOKIE: Final = "kanchay-theme"
THEMES: Final = ("light", "dark")


@dataclass(frozen=True)
class Product:
    """What the app holds: the ports, the settings, whether it is a demo."""

    ctx: Context
    settings: Settings
    demo: bool
    metrics: Metrics
    memo: Memo = field(default_factory=Memo)
    readings: Readings = field(default_factory=Readings)
    storings: Storings = field(default_factory=Storings)

    @cached_property
    def uploads(self) -> Uploads:
        """Where files wait."""
        return Uploads(self.settings.home)

    def let_go(self, token: str) -> None:
        """Stop what is read of an upload and forget it."""
        self.readings.drop(token)
        self.uploads.drop(token)

    def renew(self) -> None:
        """What a site holds has changed: pages and previews are worked out anew."""
        self.memo.clear()
        self.readings.clear()


@dataclass(frozen=True)
class Reader:
    """For whom a page is written: words, formats and the present."""

    words: Words
    formats: Formats
    now: int

    @cached_property
    def language(self) -> str:
        return self.words.locale

    def at(self, tz: str) -> Reader:
        """The same reader on another clock."""
        return Reader(self.words, Formats(self.language, tz), self.now)


def product() -> Product:
    found: Product = current_app.extensions["kanchay"]
    return found


def _language(actor: Actor | None) -> str:
    """What was chosen in the page, else what the browser prefers, else what the account or the machine says."""
    return pick_locale(
        request.cookies.get(LANGUAGE_COOKIE),
        request.accept_languages.best_match(LOCALES),
        actor.locale if actor else None,
        product().settings.locale,
    )


def reader(tz: str = "UTC", *, site: Site | None = None) -> Reader:
    """The reader of this request; on the pages of a building nobody is called *you*."""
    language = _language(current_actor())
    words = Words(language, impersonal=site is not None and site.kind is SiteKind.BUILDING)
    return Reader(words, Formats(language, site.tz if site else tz), product().ctx.clock())


def _sites() -> list[Site]:
    from kanchay.services.people.sites import list_sites

    return list_sites(product().ctx, scope()) if current_actor() else []


def _pending(site: Site | None) -> int:
    """Open findings of the site: the number in the navigation."""
    if site is None or not current_actor():
        return 0
    with product().ctx.records.unit(scope()) as unit:
        return len(unit.findings.find(site_id=site.id, status="open"))


def render(template: str, *, site: Site | None = None, section: str = "", **data: Any) -> str:
    """A page within its frame. `section` marks the place in the navigation."""
    here = reader(site=site)
    theme = request.cookies.get(THEME_COOKIE)
    return render_template(
        template,
        site=site,
        section=section,
        sites=g.get("sites") or _sites(),
        pending=_pending(site),
        reader=here,
        t=here.words,
        f=here.formats,
        actor=current_actor(),
        theme=theme if theme in THEMES else "",
        **data,
    )


def render_error(status: int, code: str, message: str, hint: str) -> str:
    """A page that says what happened, what is safe and what to do; it asks no store."""
    language = _language(None)
    here = Reader(Words(language), Formats(language), 0)
    key = f"error.{code}" if here.words.has(f"error.{code}") else f"error.{status}"
    known = here.words.has(key)
    return render_template(
        "error.html",
        site=None,
        section="",
        sites=[],
        pending=0,
        reader=here,
        t=here.words,
        f=here.formats,
        actor=None,
        theme=request.cookies.get(THEME_COOKIE, ""),
        status=status,
        title=here.words(key) if known else here.words("error.other"),
        detail=here.words(f"{key}.hint")
        if here.words.has(f"{key}.hint")
        else ""
        if known
        else f"{message} {hint}".strip(),
    )
