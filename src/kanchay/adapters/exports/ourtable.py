"""Our own table of readings: which columns it has, in Spanish and in English, and what stands in them.

CSV, Excel and Parquet hold this one table; `adapters/files/own.py` reads it back exactly. In English its words are those
of the API, in Spanish those of the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kanchay.domain.point import Direction, Kind, Role
from kanchay.domain.reading import Quality
from kanchay.domain.units import Quantity
from kanchay.services.ports.exports import Export, ExportSeries

__all__ = ["COLUMNS", "LOCAL", "PER_READING", "TableWords", "about", "guarded", "table_words", "unguarded"]

# What each reading says, then what its point and its site say; "*_utc" only where the times themselves are local.
PER_READING: Final = ("start", "end", "value", "quality")
LOCAL: Final = ("start_utc", "end_utc")
_TITLES: Final = {
    "name": ("name", "Medidor"),
    "start": ("start", "Inicio"),
    "end": ("end", "Fin"),
    "value": ("value", "Valor"),
    "unit": ("unit", "Unidad"),
    "quantity": ("quantity", "Magnitud"),
    "direction": ("direction", "Sentido"),
    "quality": ("quality", "Calidad"),
    "source": ("source", "Fuente"),
    "site": ("site", "Sitio"),
    "zone": ("zone", "Zona horaria"),
    "point": ("point", "Punto"),
    "role": ("role", "Papel"),
    "register": ("register", "Registro"),
    "parent": ("parent", "Parte de"),
    "kind": ("kind", "Tipo"),
    "resolution_s": ("resolution_s", "Resolución (s)"),
    "tags": ("tags", "Etiquetas"),
    "start_utc": ("start_utc", "Inicio UTC"),
    "end_utc": ("end_utc", "Fin UTC"),
}
COLUMNS: Final = tuple(name for name in _TITLES if name not in LOCAL)
_SPANISH: Final[dict[str, dict[str, str]]] = {
    "quantity": {
        Quantity.ELECTRIC_ENERGY: "energía eléctrica", Quantity.POWER: "potencia",
        Quantity.REACTIVE_ENERGY: "energía reactiva", Quantity.REACTIVE_POWER: "potencia reactiva",
        Quantity.GAS: "gas", Quantity.HEAT: "calor", Quantity.WATER: "agua", Quantity.TEMPERATURE: "temperatura",
        Quantity.TEMPERATURE_SETPOINT: "temperatura de consigna", Quantity.HUMIDITY: "humedad",
        Quantity.OCCUPANCY: "ocupación", Quantity.PRICE: "precio", Quantity.CARBON_INTENSITY: "intensidad de carbono",
        Quantity.STATE_OF_CHARGE: "estado de carga", Quantity.ON_OFF: "encendido", Quantity.VOLTAGE: "tensión",
        Quantity.CURRENT: "corriente", Quantity.POWER_FACTOR: "factor de potencia", Quantity.SIGNAL: "señal",
    },
    "direction": {
        Direction.IMPORT: "de la red", Direction.EXPORT: "a la red", Direction.NET: "neto",
        Direction.PRODUCTION: "producción", Direction.CONSUMPTION: "consumo",
    },
    "quality": {"measured": "medido", "estimated": "estimado", "imputed": "completado", "suspect": "dudoso"},
    "role": {
        Role.GRID: "red", Role.PV: "paneles solares", Role.BATTERY: "batería", Role.EV: "auto eléctrico",
        Role.SUBMETER: "submedidor", Role.SENSOR: "sensor",
    },
    "kind": {Kind.INTERVAL: "intervalo", Kind.CUMULATIVE: "acumulado", Kind.INSTANTANEOUS: "instantáneo"},
}  # fmt: skip
_QUALITIES: Final = tuple(q.name.lower() for q in Quality if q is not Quality.MISSING)
# A cell that begins so is a formula to a spreadsheet: a leading apostrophe, taken off when it is read, keeps it text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class TableWords:
    """Titles and words of one language. `qualities` are by the number of the quality."""

    titles: dict[str, str]
    said: dict[
        str, dict[str, str]
    ]  # column -> our value -> its word; what is not in there is written as it is

    @property
    def qualities(self) -> tuple[str, ...]:
        return tuple(self.say("quality", q) for q in _QUALITIES)

    def say(self, column: str, value: str) -> str:
        """The word for one of our values."""
        return self.said.get(column, {}).get(value, value)

    def meant(self, column: str, word: str) -> str:
        """The value that a word stands for."""
        return next((value for value, w in self.said.get(column, {}).items() if w == word), word)


@lru_cache(maxsize=2)
def table_words(language: str) -> TableWords:
    """The words of a language; Spanish where it is ``"es"``, else those of the API."""
    spanish = language == "es"
    titles = {name: pair[spanish] for name, pair in _TITLES.items()}
    return TableWords(titles, _SPANISH if spanish else {})


def about(export: Export, series: ExportSeries, words: TableWords) -> dict[str, str]:
    """What every row of a series says of its point and site, in the words of a language."""
    p = series.point
    told = {
        "name": p.name, "unit": p.unit, "quantity": p.quantity.value,
        "direction": p.direction.value if p.direction else "", "source": series.source, "site": export.site.id,
        "zone": export.site.tz, "point": series.id, "role": p.role.value, "register": p.register,
        "parent": p.parent_id or "", "kind": p.kind.value,
        "resolution_s": "" if series.step_s is None else str(series.step_s), "tags": "|".join(p.tags),
    }  # fmt: skip
    return {name: words.say(name, value) for name, value in told.items()}


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """The text behind `guarded`."""
    return text[1:] if text.startswith("'") and text[1:2] in _FORMULA else text
