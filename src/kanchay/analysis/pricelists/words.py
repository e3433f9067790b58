"""The words of Peruvian price lists: which option, band or charge a line speaks of, and in which unit."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["bare", "concept_of", "demand_class", "group_of", "label_of", "option_of", "segment_of", "unit_of"]

_OPTION: Final = re.compile(
    r"^(?:opcion\s+tarifaria\s*:?\s*)?(?:tarifa\s+)?(mt[234]|bt[234678]|bt5-?i|bt5c-?ap|bt5[a-f])(?![a-z0-9])"
)
_LETTER: Final = re.compile(r"^(?:[a-e]\)|\d\)|[-·•*])\s*")
_BAND: Final = re.compile(r"(?<![\d.,])(\d{2,3})\s*(?:-|–|a|y|hasta)\s*(\d{2,4})\s*kw")
_UPTO_30: Final = re.compile(r"(?<![\d.,])(?:0|1)\s*(?:-|–|a|y|hasta)\s*30\s*kw")
_OVER: Final = re.compile(
    r"(?:mayor(?:es)?|mas|exced\w*|superior\w*)\s+(?:a|de|que|los)?\s*(?:los\s*)?\d{2,4}\s*kw"
)
_CENT: Final = re.compile(r"(?:ctms?|cents?|centimos|cts?)\.?\s*(?:de\s*)?s\s*/")
_UNIT: Final = re.compile(r"\s(?:ctms?|cents?|centimos|cts?)\.?\s*(?:de\s*)?s\s*/|\ss\s*/")
_PER: Final = (
    ("kvarh", re.compile(r"/\s*\.?\s*/?\s*kva?r\.?-?\s*h")),
    ("kWh", re.compile(r"/\s*\.?\s*/?\s*kw\.?-?\s*h")),
    ("kW", re.compile(r"/\s*\.?\s*/?\s*kw(?:\s*-?\s*mes)?\b")),
    ("W", re.compile(r"/\s*\.?\s*/?\s*w\b")),
    ("month", re.compile(r"/\s*\.?\s*/?\s*(?:mes|usuario|cliente|suministro|cli\b)")),
)


def bare(text: str) -> str:
    """Lower case without accents, with single spaces.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> bare("Cargo por  ENERGÍA")
    'cargo por energia'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(plain.split())


def option_of(words: str) -> str:
    """The option that a heading opens, empty for any other line.

    Parameters
    ----------
    words : str
        A line in bare words.

    Returns
    -------
    str
        As the regulator writes it: ``BT5B``, ``BT5I``, ``MT2``.

    Examples
    --------
    >>> option_of("tarifa bt5-i : tarifa horaria"), option_of("cargo fijo mensual")
    ('BT5I', '')
    """
    found = _OPTION.match(_LETTER.sub("", words))
    if not found:
        return ""
    code = found[1].upper().replace("-", "")
    return "BT5C-AP" if code == "BT5CAP" else code


def segment_of(words: str) -> str:
    """``residential`` or ``non_residential`` where a heading says so, else empty.

    Parameters
    ----------
    words : str
        A line in bare words.

    Returns
    -------
    str

    Examples
    --------
    >>> segment_of("bt5b no residencial"), segment_of("tarifa bt5b residencial")
    ('non_residential', 'residential')
    """
    if re.search(r"\bno[\s-]*residencial", words):
        return "non_residential"
    return "residential" if "residencial" in words else ""


def group_of(words: str) -> str:
    """The band of the month's total, or BT5A's demand class, that a heading opens; else empty.

    Parameters
    ----------
    words : str
        A line in bare words.

    Returns
    -------
    str
        ``30``, an upper limit such as ``140``, ``over``, ``20/20``, ``20/50``, or empty.

    Examples
    --------
    >>> group_of("consumo de 31 - 140 kw.h"), group_of("consumos mayores a 140 kw.h"), group_of("b) usuarios")
    ('140', 'over', '')
    """
    if _UPTO_30.search(words):
        return "30"
    if band := _BAND.search(words):
        return band[2] if band[1] in ("30", "31") else ""
    if _OVER.search(words):
        return "over"
    return demand_class(words)


def demand_class(words: str) -> str:
    """The largest demands in and out of peak hours that BT5A tells apart.

    Parameters
    ----------
    words : str
        A line in bare words.

    Returns
    -------
    str
        ``20/20``, ``20/50`` or empty. [kW]

    Examples
    --------
    >>> demand_class("demanda maxima mensual de hasta 20kw en hp y 50kw en hfp")
    '20/50'
    """
    limits = re.findall(r"(?<!\d)(20|50)\s*kw(?!\.?h)", words)
    if not limits or "demanda" not in words:
        return ""
    return "20/50" if "50" in limits else "20/20"


def unit_of(words: str) -> tuple[bool, str]:
    """Whether a line's price is in céntimos, and what it is for.

    Parameters
    ----------
    words : str
        A line in bare words, unit included.

    Returns
    -------
    tuple of (bool, str)
        `str` is ``kWh``, ``kvarh``, ``kW``, ``W``, ``month`` or empty.

    Examples
    --------
    >>> unit_of("cargo por energia activa ctm. s/./kw.h"), unit_of("cargo fijo mensual s//mes")
    ((True, 'kWh'), (False, 'month'))
    """
    per = next((name for name, pattern in _PER if pattern.search(words)), "")
    return bool(_CENT.search(words)), per


def label_of(words: str) -> str:
    """A charge's words without its unit.

    Parameters
    ----------
    words : str
        A line in bare words.

    Returns
    -------
    str

    Examples
    --------
    >>> label_of("cargo por energia activa ctm. s/./kw.h")
    'cargo por energia activa'
    """
    return _UNIT.split(words)[0].strip()


def concept_of(words: str) -> str:
    """What a charge is for, empty where the line is none.

    Parameters
    ----------
    words : str
        A charge's label in bare words, without its unit.

    Returns
    -------
    str

    Examples
    --------
    >>> concept_of("cargo por energia activa - exceso de 30 kw.h")
    'energy.excess'
    >>> concept_of("cargo por potencia activa de generacion para usuarios: presentes fuera de punta")
    'power.generation.present_hfp'
    """
    words = _LETTER.sub("", words)
    if "cargo" not in words:
        return ""
    if "cargo fijo" in words or "cargo comercial" in words:
        return "fixed" + _prepaid(words)
    if "reactiva" in words:
        return "reactive"
    if "potencia" in words:
        return _power(words)
    return "energy" + _block(words.split("para demanda")[0]) + _step(words) if "energ" in words else ""


def _prepaid(words: str) -> str:
    return ".code" if "codigo" in words else ".card" if "tarjeta" in words else ""


def _power(words: str) -> str:
    if "exceso" in words:
        return "power.excess" + _block(words)
    if "generacion" in words:
        return "power.generation" + _presence(words)
    if "distribucion" in words or "redes" in words:
        return "power.distribution" + _presence(words)
    return "power"


def _presence(words: str) -> str:
    """MT2 and BT2 price the hours; the other options price who is present in them."""
    if not re.search(r"usuarios|presente|calificacion", words):
        return ""
    return (
        ".present_hfp"
        if re.search(r"fuera\s*(?:de\s*)?(?:hora\w*\s*(?:de\s*)?)?punta", words)
        else ".present_hp"
    )


def _block(words: str) -> str:
    if re.search(r"fuera\s*(?:de\s*)?(?:hora\w*\s*(?:de\s*)?)?punta|fra\.?\s*punta|\bhfp\b", words):
        return ".hfp"
    if re.search(r"punta|\bhp\b", words):
        return ".hp"
    return ".media" if "media" in words else ".base" if re.search(r"\bbase\b", words) else ""


def _step(words: str) -> str:
    if re.search(r"primeros\s*(?:los\s*)?30", words):
        return ".first30"
    return ".excess" if re.search(r"exceso|exced", words) else ""
