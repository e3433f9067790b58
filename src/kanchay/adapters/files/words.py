"""The words of meters in six languages: what a header says about quantity, unit and direction.

Every row is evidence with a weight, not a verdict: stage `meaning` adds the weights up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from kanchay.adapters.files.grammar import plain_word
from kanchay.domain.errors import UnitError
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity, Unit, unit

__all__ = [
    "ROLE_WORDS",
    "direction_words",
    "find_unit",
    "has_brackets",
    "is_composite",
    "label_word",
    "matches",
    "named_offset",
    "normal",
    "quantity_words",
    "without_making",
    "zone_words",
]

_Q = Quantity
_QUANTITIES: Final[tuple[tuple[str, Quantity, float], ...]] = (
    (r"reactiv\w*|reaktiv\w*|reativ\w*|blind\w*|kvarh?|varh", _Q.REACTIVE_ENERGY, 2.5),
    (r"temp|temps|temperatur\w*|temperature\w*", _Q.TEMPERATURE, 2.0),
    (r"set ?points?|sollwert|consigna|setpt", _Q.TEMPERATURE_SETPOINT, 1.0),
    (r"volt\w*|tension|tensao|spannung|spanning", _Q.VOLTAGE, 2.5),
    (r"current|intensi\w*|corriente|corrente|courant|stromstarke|ampere\w*|amps", _Q.CURRENT, 2.5),
    (r"humid\w*|humedad|umidade|umidita|feuchte|vochtigheid|rh", _Q.HUMIDITY, 2.5),
    (r"power factor|factor de potencia|cos ?phi|pf", _Q.POWER_FACTOR, 4.0),
    (r"wattage|k?watts?|powr", _Q.POWER, 1.5),
    (r"power|potencia|\w*leistung|puissance|vermogen|potenza|lastgang|demand|demanda|ejecutad\w*", _Q.POWER, 1.5),
    (r"energ\w*|consum\w*|\w*verbrauch|\w*verbruik|\w*afname|\w*injectie|usage|elektrizitat"
     r"|wirk(?:arbeit|energie)|consommation\w*|k? ?wh|ae k ?wh|(?:kilo)?watt hours?|\w*forbruk|\w*forbrukning|kulutus"
     r"|elforbrug|forbrug", _Q.ELECTRIC_ENERGY, 1.5),
    (r"import\w*|export\w*|submeter\w*|sub metering|produc\w*|produkt\w*|generation|\w*bezug|\w*einspeis\w*|\w*erzeugung"
     r"|soutir\w*|injec\w*|inyec\w*|\w*teruglever\w*|excedent\w*|\w*opbrengst|opwek\w*", _Q.ELECTRIC_ENERGY, 0.5),
    (r"gas|gaz|erdgas|gasvolume\w*|gasmenge", _Q.GAS, 3.0),
    (r"heat|heating|warme|chaleur|calor|warmte|district heating", _Q.HEAT, 1.6),
    (r"water|agua|wasser|eau|acqua|watervolume\w*|wassermenge", _Q.WATER, 3.5),
    (r"price|precio|preco|preis|prix|prezzo|prijs|cost|costo|importe|tarif\w*(?! \d)|custo|kosten|kost|cout"
     r"|eur|euros?|soles|usd|pen|gbp|pence|revenue|ingresos?|vat|iva|mwst|btw|dollars?", _Q.PRICE, 3.0),
    (r"carbon|co2|co2e|emission\w*|emision\w*", _Q.CARBON_INTENSITY, 4.0),
    (r"soc|state of charge|battery level", _Q.STATE_OF_CHARGE, 3.0),
    (r"occup\w*|ocupacion|presence|presencia|motion", _Q.OCCUPANCY, 4.0),
    (r"fan status|on off|status|encendido", _Q.ON_OFF, 4.0),
    (r"signal|valve|damper|speed|fault|mode|indicator|alarm|count|irradian\w*|ghi|dni|dhi|wind|pressure|code"
     r"|holidays?|day type|minutes present\w*|maintenance|ramp up|diffuse|direct|duration|duree|duracion|dauer|duur"
     r"|vraisemblance|irradiation|insolation|flags?", _Q.SIGNAL, 3.5),
)  # fmt: skip
_D = Direction
_DIRECTIONS: Final[tuple[tuple[str, Direction, float], ...]] = (
    (r"export\w*|injec\w*|inyec\w*|\w*einspeis\w*|fe?ed ?in\w*|return\w*|\w*teruglever\w*|\w*injectie"
     r"|naar (?:het )?net|ins netz|vertid\w*"
     r"|excedent\w*|surplus|immess\w*|ruckliefer\w*|entregad\w*|received by grid|to grid"
     r"|outflow|oddan\w*|as k ?wh|1 \d{1,2} 2 [4-6] 0|2 8 \d|2 9 \d|2 29 0", _D.EXPORT, 3.0),
    (r"import\w*|\w*afname|\w*bezug|from grid|grid|van (?:het )?net|aus dem netz|de (?:la )?red|soutir\w*|delivered"
     r"|withdraw\w*|prelev\w*|entnahme|netzbezug|levering|afgenomen|compra\w*|inflow|pobor|pobran\w*|ae k ?wh"
     r"|1 \d{1,2} 1 [4-6] 0|1 8 \d|1 9 \d|1 29 0", _D.IMPORT, 2.5),
    (r"produc\w*|produkt\w*|generat\w*|generac\w*|generad\w*|opwek\w*|opgewekt\w*|erzeug\w*|pv\d*|solar\d*"
     r"|zonne\w*|photovolt\w*|\w*produktion|\w*productie|\w*erzeugung|\w*opbrengst|yield|ertrag"
     r"|onsite|\w*produksjon|tuotanto", _D.PRODUCTION, 2.8),
    (r"consum\w*|consommation\w*|\w*verbrauch|\w*verbruik|usage|uso|load|last|demand|demanda|ejecutad\w*"
     r"|sub ?meter\w*|sub metering|appliance|sub\d|total use|cons"
     r"|forbruk|forbrukning|kulutus|elforbrug|forbrug", _D.CONSUMPTION, 2.0),
    (r"home|house|household|hogar|haushalt|maison", _D.CONSUMPTION, 1.2),
    (r"(?<!van )(?<!het )(?<!naar )net|neto|netto|saldo", _D.NET, 3.0),
)  # fmt: skip
# Words that only stand on the papers of a grid meter: what is "consumed" there is imported.
_GRID_METER: Final = (
    r"cpe|cups|ean|pod|prm|pdl|mpan|nmi|contador|zahler\w*|zahlpunkt|suministro|distribuid\w*"
    r"|elektriciteitsmeter"
)
# The highest or lowest power within an interval is no mean over it: it makes no energy.
EXTREMES: Final = r"max|maxim\w*|minim\w*|peak|pico|spitze"
_ZONES: Final[tuple[tuple[str, str], ...]] = (
    (r"afname|injectie|geen verbruik|validatiestatus", "Europe/Brussels"),
    (r"verbruik|teruglever\w*|stroom|tijd|datum tijd", "Europe/Amsterdam"),
    (r"giorno|prelev\w*|potenza|consumo orario|immess\w*", "Europe/Rome"),
    (r"cpe|leitura\w*|consumo registado|dados gerais|hora de portugal", "Europe/Lisbon"),
    (r"cups|consumo kwh|metodo obtencion", "Europe/Madrid"),
    (r"horodate|puissance|soutir\w*|energie active|linky", "Europe/Paris"),
    (r"zeitstempel|verbrauch|bezug|uhrzeit|von|bis", "Europe/Berlin"),
    (r"fecha|hora|suministro|osinergmin|ejecutado|voltaje|soles", "America/Lima"),
)
ROLE_WORDS: Final = {
    "start": r"start|from|begin|desde|inicio|von|van|de|debut|inizio|ab|from time|period start|start time|interval start"
    r"|beginn|startzeit|begintijd",
    "end": r"end|to|until|ending|hasta|fin|final|bis|tot|fim|fine|period end|interval end|end time|he|hour ending"
    r"|ende|endzeit|eindtijd|einde|ate",
    "time": r"time|timestamp|date|datetime|fecha|hora|data|datum|zeit|zeitstempel|horodate|tijd|giorno|dia|day|ts|utc",
    "status": r"status|estado|validat\w*|validier\w*|quality|calidad|qualidade|flag|metodo\w*|method|etat|nature"
    r"|stato|qualitat|kvalitet|laatu|estimat\w*(?: actual)?|real estimado",
    "unit": r"unit|units|unidad|unidade|einheit|eenheid|unite|unita|uom|unit of measurement",
    "id": r"id|ean|cups|cpe|mpan|nmi|pod|prm|pdl|meter|meter id|meternummer|medidor|compteur|contador|zahler|zahlernummer"
    r"|serial|serie|numero|nr|zahlpunkt|codigo|code|suministro"
    r"|zip|year|month|day of week|hour|week status|lat|lon|index|row",
    "register": r"register|registro|channel|canal|series|name|entity id|sensor|meter|meter id|metric|measurement|tag"
    r"|point|direction",
    "cumulative": r"register|meter reading|reading|lectura|zahlerstand|stand|index|totaliser|totalizer"
    r"|total increasing|cumulative|acumulad\w*|standen|meterstand",
}  # fmt: skip
# Tariff registers and phases of one meter: parts of one flow, never a flow of their own. OBIS x.8.0 is the total.
REGISTERS: Final = (
    r"t[1-6]|tarif\w* ?\d|rate ?\d|dag|nacht|day|night|tag|peak|off ?peak|offpeak|high|low|hoog|laag|normaal|hp|hc|ht|nt"
    r"|punta|fuera de punta|llano|valle|hora punta|vazio|cheia|ponta|p[1-6]|f[123]|l[123]|phase ?[abc123]|fase ?[abc123]"
    r"|[12] 8 [1-4]|register ?\d"
)
_COMPOSITE: Final = re.compile(
    r"(?:_|\s|^)(?:per|je|por)(?:_|\s)|[€$£]\s?/|/\s?[km]?wh?\b|[_ ](?:w|kwh|wh)[_ /]?m2|/\s?m[2²³3]", re.I
)
# Signs beside active energy or power: "A+" or "+A" is what comes from the grid, "A-" or "-A" what goes there.
_IMPORTED: Final = re.compile(r"(?<![^\W_])(?:\+[AP]|E?[AP]\+)(?![^\W_])", re.I)
_EXPORTED: Final = re.compile(r"(?<![^\W_])(?:[-\u2212][AP]|E?[AP][-\u2212])(?![^\W_])", re.I)
_BRACKETS: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_LONG_UNITS: Final = frozenset(
    [
        "wh",
        "kwh",
        "mwh",
        "gwh",
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
    "wattstunden": "Wh",
}  # fmt: skip
_HOURS_OF_WATTS: Final = re.compile(r"(?<![A-Za-z])(kilo)?watt[\s_-]*hours?(?![A-Za-z])", re.I)
_TAIL_UNIT: Final = re.compile(
    r"([a-z]{2,}?)([kKmM]?[Ww]h)$|([a-z]{3,}?)([kKM]?W)$"
)  # "consumptionKWh", "enwh"
_LETTERS: Final = frozenset(["W", "A", "V", "C", "F", "L"])


def normal(text: str) -> str:
    """Words of a header in lower case without accents, split at marks and at changes of case; "A+" reads as import."""
    spaced = re.sub(
        r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z])",
        " ",
        _EXPORTED.sub(" export ", _IMPORTED.sub(" import ", text)),
    )
    return " ".join(re.split(r"[^0-9a-z°%]+", plain_word(spaced))).strip()


def matches(pattern: str, text: str) -> str:
    """The first whole-word match of a pattern in normalised text, or an empty string."""
    found = re.search(rf"(?:^|(?<= ))(?:{pattern})(?=$| )", text)
    return found.group(0) if found else ""


@lru_cache(maxsize=2048)  # what stands above a table is asked of every column
def quantity_words(text: str) -> tuple[tuple[Quantity, float, str], ...]:
    """Every quantity the words speak for, with weight and word."""
    found = ((q, w, matches(p, text)) for p, q, w in _QUANTITIES)
    return tuple((q, w, word) for q, w, word in found if word)


# Short words tell an end only where they are the whole name.
_FROM: Final = frozenset(["von", "van", "de", "ab"])
_TO: Final = frozenset(["to", "bis", "tot", "a", "ate", "he"])
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
    found = ((d, w, matches(p, text)) for p, d, w in _DIRECTIONS)
    stated = tuple((d, w, word) for d, w, word in found if word)
    grid = matches(_GRID_METER, context)
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


def label_word(name: str) -> str:
    """Which end of an interval the name of a time column tells: "start", "end" or nothing."""
    start = r"start\w*|begin\w*|beginn|desde|inicio|debut|from"
    end = r"end|ending|end ?time|ende|endzeit|eindtijd|einde|hasta|fin|until|fim|fine"
    if matches(start, name) or name in _FROM:
        return "start"
    return "end" if matches(end, name) or name in _TO else ""


def zone_words(text: str) -> str | None:
    """The zone that the language and the words of a file suggest."""
    hits = [(len(re.findall(rf"(?:^|(?<= ))(?:{p})(?=$| )", text)), z) for p, z in _ZONES]
    best = max(hits, key=lambda h: h[0])
    return best[1] if best[0] else None


def is_composite(header: str) -> bool:
    """Whether a header names a ratio such as ``price_usd_per_kwh``: its kWh is no energy."""
    return bool(_COMPOSITE.search(unicodedata.normalize("NFKC", header)))


def has_brackets(header: str) -> bool:
    """Whether a header sets something in brackets, as units mostly are."""
    return bool(_BRACKETS.search(header))


def find_unit(header: str) -> Unit | None:
    """The unit a header names: in brackets, as a word, or as the last part of a snake_case name."""
    if is_composite(header):
        return None
    header = (
        _EXPORTED.sub(" ", _IMPORTED.sub(" ", header)).replace("℃", "°C").replace("℉", "°F")
    )  # no amperes
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
