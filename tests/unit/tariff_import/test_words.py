"""Every word that an importer may tell has a sentence in both languages, and no sentence is left over."""

from __future__ import annotations

import re
from pathlib import Path

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.tariffs import LeftOut, urdb

ROOT = Path(urdb.__file__).parent
FACES = {"head", "charges", "written", "remark"}


def codes() -> set[str]:
    """Codes as the importers write them."""
    source = "\n".join(path.read_text("utf-8") for path in ROOT.glob("*.py"))
    fields = {f"charge.{field}" for field in urdb._UNSAID}
    return {*re.findall(r'(?:notes|self)\.add\(\s*"([a-z_.]+)"', source), *fields}


def test_sentences_in_both_languages() -> None:
    for locale in ("es", "en"):
        texts = PackageLibrary().texts(locale)
        own = {key.removeprefix("tariff_import.") for key in texts if key.startswith("tariff_import.")}
        assert own - FACES == codes()
        for code in own - FACES:
            assert "{" not in LeftOut(code, "field", "kVA").told(texts)


def test_the_languages_differ() -> None:
    spanish, english = (PackageLibrary().texts(locale) for locale in ("es", "en"))
    assert all(spanish[k] != english[k] for k in spanish if k.startswith("tariff_import."))
