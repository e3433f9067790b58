"""Words in Spanish and English, from two catalogues with the same keys.

A text may hold ``{name}`` places. A key with a number picks ``key.one`` or ``key.other``.
Values are inserted as they are: Jinja escapes the result, unless a text is marked by `Words.html`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape

__all__ = ["LOCALES", "Words", "catalogue", "pick_locale"]

LOCALES: Final = ("es", "en")
_FOLDER: Final = Path(__file__).parent / "locales"


@lru_cache(maxsize=len(LOCALES))
def catalogue(locale: str) -> dict[str, str]:
    """All texts of one language by key; groups in the file become ``group.key``."""
    groups = json.loads((_FOLDER / f"{locale}.json").read_text("utf-8"))
    return {
        f"{group}.{key}" if key else group: text
        for group, texts in groups.items()
        for key, text in texts.items()
    }


def pick_locale(*wishes: str | None) -> str:
    """The first wish that we speak, else Spanish."""
    return next((wish for wish in wishes if wish in LOCALES), LOCALES[0])


@dataclass(frozen=True)
class Words:
    """The texts of one language. A missing key is an error in tests and its own name on a page."""

    locale: str
    impersonal: bool = False  # for whoever runs a building: the group "impersonal" replaces what says *you*

    def _text(self, key: str) -> str | None:
        known = catalogue(self.locale)
        own = known.get(f"impersonal.{key}") if self.impersonal else None
        return known.get(key) if own is None else own

    def __call__(self, key: str, **places: Any) -> str:
        text = self._text(key)
        return key if text is None else text.format(**places) if places else text

    def has(self, key: str) -> bool:
        return key in catalogue(self.locale)

    def many(self, key: str, n: float, **places: Any) -> str:
        """``key.one`` for exactly one, ``key.other`` otherwise; `n` is also a place."""
        places.setdefault("n", n)
        return self(f"{key}.{'one' if n == 1 else 'other'}", **places)

    def html(self, key: str, **places: Any) -> Markup:
        """A text of ours with markup in it; the values are escaped, the text is not."""
        return Markup(self(key)).format(**{name: escape(value) for name, value in places.items()})  # noqa: S704
