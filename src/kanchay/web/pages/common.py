"""What the pages of one site share: find it within the scope, gather what is known."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import url_for

from kanchay.domain.point import Site
from kanchay.domain.scope import Purpose
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.sessions import scope
from kanchay.web.shell import Reader, product, reader

__all__ = ["gather", "refusal_sentence", "safe_next"]


def gather(site_id: str) -> tuple[Gathered, Reader]:
    """The site as the one who asks may see it, and the reader on its clock."""
    from kanchay.services.people.sites import get_site

    mine = scope(Purpose.VIEW)
    site: Site = get_site(product().ctx, mine, site_id)
    known = Gathered(product().ctx, mine, site, product().memo)
    return known, replace(reader(site=site), now=known.now)


def refusal_sentence(refusal: Refusal, r: Reader) -> str:
    """Why there is no answer, in the reader's words where we have them."""
    key = f"refusal.{refusal.code}"
    return r.words(key) if r.words.has(key) else f"{refusal.message} {refusal.hint}".strip()


def safe_next(target: str | None) -> str:
    """A path of our own to go to, never another site."""
    parts = urlsplit(target or "")
    own = (
        bool(target)
        and not parts.netloc
        and not parts.scheme
        and parts.path.startswith("/")
        and "\\" not in (target or "")
        and (target or "").isprintable()  # browsers drop tabs and line ends: "/<tab>/x" is "//x" to them
    )
    return target if own and target and not target.startswith("//") else url_for("overview.home")
