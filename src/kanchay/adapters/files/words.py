"""The words of meters: what a header says about quantity, unit and direction.

Every row is evidence with a weight, not a verdict: stage `meaning` adds the weights up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from kanchay.adapters.files.grammar import plain_word
from kanchay.adapters.files.vocabulary import (
    DIRECTIONS,
    EXTREMES,
    FROM,
    GRID_METER,
    QUANTITIES,
    REGISTERS,
    ROLE_WORDS,
    TO,
    ZONES,
    folded,
)
from kanchay.domain.errors import TimeError, UnitError
from kanchay.domain.interval import zone
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity, Unit, unit

__all__ = [
    "ELECTRIC",
    "EXTREMES",
    "REGISTERS",
    "ROLE_WORDS",
    "direction_words",
    "find_unit",
    "has_brackets",
    "is_composite",
    "label_word",
    "matches",
    "named_offset",
    "named_zone",
    "normal",
    "quantity_words",
    "without_making",
    "zone_words",
]

# What an interval is counted by: energy "per hour" is an amount, a price "per kWh" is none.
_STEPS: Final = (
    r"(?:\d+[ _]?)?(?:h|hour|hora|stunde|uur|quarter|interval|intervalo|slot|day|dia|tag|dag|month|mes|monat|maand|period"
    r"|periodo|half|halfhour|min|minuten?|phase|fase|viertelstunde)s?\b"
)
_COMPOSITE: Final = re.compile(
    rf"(?:_|\s|^)(?:per|je|por)(?:_|\s)(?!{_STEPS})|[€$£]\s?/|/\s?(?:[km]?wh?\b|kwp|m[2²³3])"
    r"|[_ ](?:w|kwh|wh)[_ /]?m2",
    re.I,
)
# Signs beside active energy or power: "A+" or "+A" is what comes from the grid, "A-" or "-A" what goes there.
_IMPORTED: Final = re.compile(
    r"(?<![^\W_])(?:\+[AEP]|(?:E?[AP]|AE|E|WP)\+)(?![^\W\d_])|(?<=wh)(?:\s?\(\+\)|\+)|(?<=energy)\s?\(\+\)",
    re.I,
)
_EXPORTED: Final = re.compile(
    r"(?<![^\W_])(?:[-\u2212][AEP]|(?:E?[AP]|AE|E|WP)[-\u2212])(?![^\W\d_])|(?<=wh)(?:\s?\([-\u2212]\)|[-\u2212](?=$|\s))"
    r"|(?<=energy)\s?\([-\u2212]\)",
    re.I,
)
_BRACKETS: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
# Words that name electricity and nothing else.
ELECTRIC: Final = (
    r"electri\w*|elec|elekt\w*|eletri\w*|elettri\w*|strom\w*|stroom|sahko\w*|luz|el|power|電\w*|电\w*"
)
_LONG_UNITS: Final = frozenset(
    [
        "wh",
        "kwh",
        "mwh",
        "gwh",
        "kbtu",
        "mmbtu",
        "therm",
        "kw",
        "mw",
        "varh",
        "kvarh",
        "var",
        "kvar",
        "kvah",
        "degc",
        "degf",
        "kv",
        "m3",
        "m³",
        "celsius",
        "fahrenheit",
    ]
)
_SPELT: Final = {
    "wattage": "W", "watt": "W", "watts": "W", "vatios": "W", "kilowatts": "kW", "kilovatios": "kW", "kwhs": "kWh",
    "kilowattstunden": "kWh", "kilowatthours": "kWh", "kwatt": "kW", "kwatts": "kW", "watthours": "Wh",
    "wattstunden": "Wh", "therms": "therm", "joule": "J", "joules": "J", "kilojoules": "kJ", "megajoules": "MJ",
    "gigajoules": "GJ",
    "volts": "V", "amperes": "A", "megawatts": "MW", "megawatthours": "MWh", "cubicmeters": "m3", "mwhs": "MWh",
}  # fmt: skip
_HOURS_OF_WATTS: Final = re.compile(r"(?<![A-Za-z])(kilo)?watt[\s_-]*hours?(?![A-Za-z])", re.I)
_TAIL_UNIT: Final = re.compile(
    r"([a-z]{2,}?)([kKmM]?[Ww]h)$|([a-z]{3,}?)([kKM]?W)$"
)  # "consumptionKWh", "enwh"
_IN_OURS: Final = {
    "квт·ч": "kWh", "квт*ч": "kWh", "квт-ч": "kWh", "квтч": "kWh", "квт.ч": "kWh", "квт·год": "kWh", "квтгод": "kWh",
    "мвт·ч": "MWh", "мвтч": "MWh", "вт·ч": "Wh", "втч": "Wh", "квт": "kW", "квар·ч": "kvarh", "кварч": "kvarh",
    'קוט"ש': "kWh", "קוט״ש": "kWh", "千瓦时": "kWh", "千瓦時": "kWh", "千瓦": "kW",
}  # fmt: skip
_OTHER_SCRIPTS: Final = re.compile("|".join(re.escape(u) for u in _IN_OURS), re.I)
# "kW-hr", "kWhr", "kW·h", "kvar h": all the same unit.
_WITH_HOURS: Final = re.compile(
    r"(?<![A-Za-z])([kMGm]?)(W|var)(?:[-.·*•×⋅]h|[-.·*•×⋅ ]?(?:hrs?|hours?))(?![A-Za-z])", re.I
)
# A scale beside the unit: the numbers are hundredths, tens, thousands of it.
_SCALED: Final = re.compile(
    r"(?<![\d.,])(?:0[.,]0{0,3}1|10{1,3})\s?[x×*]?\s?(?:[kMG]?Wh?|[kM]?varh?)(?![A-Za-z])"
)
_LETTERS: Final = frozenset(["W", "A", "V", "C", "F", "L"])


# Blanks end a word, and so does every sign of a script that is written without them.
_ENDS: Final = " \u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af"


@lru_cache(maxsize=8192)  # one stage after the other asks of the same names
def normal(text: str) -> str:
    """Words of a header in lower case without accents, split at marks and at changes of case; "A+" reads as import."""
    spaced = re.sub(
        r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z])",
        " ",
        _EXPORTED.sub(" export ", _IMPORTED.sub(" import ", text)),
    )
    return " ".join(re.split(r"[^\w°%]+|_", folded(spaced))).strip()


def matches(pattern: str, text: str) -> str:
    """The first whole-word match of a pattern in normalised text, or an empty string."""
    found = re.search(rf"(?:^|(?<=[{_ENDS}]))(?:{pattern})(?=$|[{_ENDS}])", text)
    return found.group(0) if found else ""


@lru_cache(maxsize=2048)  # what stands above a table is asked of every column
def quantity_words(text: str) -> tuple[tuple[Quantity, float, str], ...]:
    """Every quantity the words speak for, with weight and word."""
    found = ((q, w, matches(p, text)) for p, q, w in QUANTITIES)
    return tuple((q, w, word) for q, w, word in found if word)


# "Exported by the portal" is how a file came to be, not which way energy flowed.
_MAKING: Final = re.compile(
    r"(?:data|report|csv|excel) export\b|\bexport\w* (?:by|from|at|on|of|file|date|time|report|aus|vom|von|am|um|uit"
    r"|van|op|del|de|do|da|du|depuis|le|el|em)\b"
)


def without_making(context: str) -> str:
    """The surroundings of a table without sentences on how the file was made."""
    return _MAKING.sub(" ", context)


@lru_cache(maxsize=2048)
def direction_words(text: str, context: str = "") -> tuple[tuple[Direction, float, str], ...]:
    """Every direction the words speak for; papers of a grid meter turn consumption into import."""
    found = ((d, w, matches(p, text)) for p, d, w in DIRECTIONS)
    stated = tuple((d, w, word) for d, w, word in found if word)
    grid = matches(GRID_METER, context)
    used = grid and any(d is Direction.CONSUMPTION for d, _, _ in stated)
    return (*stated, (Direction.IMPORT, 2.2, grid)) if used else stated


def named_offset(name: str) -> int | None:
    """Seconds east of UTC of the clock that the name of a time column tells; None where it tells none.

    Examples
    --------
    >>> named_offset("Time (UTC)"), named_offset("Hora UTC-5"), named_offset("Hora")
    (0, -18000, None)
    """
    found = re.search(
        r"(?<![A-Za-z])(?:UTC|GMT|Zulu)(?:\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d\d))?)?(?![A-Za-z0-9])",
        name,
        re.I,
    )
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    seconds = int(hours or 0) * 3600 + int(minutes or 0) * 60
    return -seconds if sign and sign != "+" else seconds


_OF_TIME: Final = (
    r"date|dato|datum|data|time|tid|tijd|zeit|zeitpunkt|czas|cas|datetime|timestamp|dt|ts|period"
)


def named_zone(name: str) -> str | None:
    """The zone that the name of a time column tells ("Time (America/Lima)"); None where it tells none."""
    for found in re.findall(r"(?<![A-Za-z])[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?", name):
        try:
            zone(found)
        except TimeError:
            continue
        return str(found)
    return None


def label_word(name: str) -> str:
    """Which end of an interval the name of a time column tells: "start", "end" or nothing."""
    start = r"start\w*|begin\w*|beginn|desde|inicio|debut|from|poczatek|zacatek|kezdet\w*|alkuaika|開始|开始"
    end = (
        r"end|ending|end ?time|ende|endzeit|eindtijd|einde|hasta|fin|until|fim|fine|koniec|konec|vege|loppuaika"
        r"|終了|结束|hour ending|he"
    )
    bare = " ".join(w for w in name.split() if not matches(_OF_TIME, w)) or name
    if matches(start, name) or bare in FROM:
        return "start"
    return "end" if matches(end, name) or bare in TO else ""


def zone_words(text: str) -> str | None:
    """The zone that the language and the words of a file suggest."""
    hits = [(len(re.findall(rf"(?:^|(?<= ))(?:{p})(?=$| )", text)), z) for p, z in ZONES]
    best = max(hits, key=lambda h: h[0])
    return best[1] if best[0] else None


def is_composite(header: str) -> bool:
    """Whether a header names a ratio such as ``price_usd_per_kwh``: its kWh is no energy."""
    header = unicodedata.normalize("NFKC", header)
    parted = re.sub(r"(?<=[a-z])(?=Per[A-Z])|(?<=[pP]er)(?=[A-Z])", " ", header)  # "spotPerKwh"
    return bool(_COMPOSITE.search(parted))


def has_brackets(header: str) -> bool:
    """Whether a header sets something in brackets, as units mostly are."""
    return bool(_BRACKETS.search(header))


@lru_cache(maxsize=8192)
def find_unit(header: str) -> Unit | None:
    """The unit a header names: in brackets, as a word, or as the last part of a snake_case name."""
    if is_composite(header):
        return None
    header = (
        _EXPORTED.sub(" ", _IMPORTED.sub(" ", header)).replace("℃", "°C").replace("℉", "°F")
    )  # no amperes
    header = _OTHER_SCRIPTS.sub(lambda m: _IN_OURS[m[0].lower().replace(" ", "")], header)
    header = _WITH_HOURS.sub(lambda m: f"{m[1]}{'var' if m[2].lower().startswith('var') else 'W'}h", header)
    scaled = _SCALED.search(header)
    if scaled is not None and (found := _unit(scaled[0])) is not None:
        return found
    header = _TAIL_UNIT.sub(r"\1\3 \2\4", _HOURS_OF_WATTS.sub(r"\1watthours", header))
    words = re.split(r"[^A-Za-z0-9°%³]+", header)
    for word in words:
        if word.lower() in _SPELT:
            return _unit(_SPELT[word.lower()])
        if word.lower() in _LONG_UNITS or word.lower() in ("°c", "°f"):
            found = _unit(word)
            if found:
                return found
    for inside in _BRACKETS.findall(header):
        found = _unit(inside.strip())
        if found:
            return found
    last = words[-1] if words else ""
    phase = len(words) > 1 and plain_word(words[-2]) in ("phase", "fase", "linea", "line", "linie")
    snake = "_" in header and last.upper() in _LETTERS and len(words) > 1 and not phase
    exact = last in _LETTERS and " " in header and not phase
    if last == "pct":
        return _unit("%")
    return _unit(last.upper()) if (snake or exact) and last else None


def _unit(symbol: str) -> Unit | None:
    try:
        return unit(symbol)
    except UnitError:
        return None
