"""The report's own words, from report.es.json and report.en.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kanchay.services.operations.report import Refused

__all__ = ["ReportWords"]

_FOLDER = Path(__file__).parent / "locales"


@lru_cache(maxsize=2)
def _own_words(locale: str) -> dict[str, str]:
    words: dict[str, str] = json.loads((_FOLDER / f"report.{locale}.json").read_text("utf-8"))
    return words


@dataclass(frozen=True)
class ReportWords:
    """The report's own words, from report.es.json and report.en.json."""

    locale: str

    def __call__(self, key: str, **places: Any) -> str:
        text = _own_words(self.locale).get(key, key)
        return text.format(**places) if places else text

    def has(self, key: str) -> bool:
        return key in _own_words(self.locale)

    def why(self, refused: Refused) -> str:
        key = f"why.{refused.code}"
        return self(key) if self.has(key) else refused.message
