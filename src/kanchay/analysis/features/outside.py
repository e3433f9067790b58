"""Features of the clock, the weather and the use of a site: what does not come from the load."""

from __future__ import annotations

from typing import Final

from kanchay.analysis.features import formulas
from kanchay.analysis.features.calendar import CALENDAR_FEATURES
from kanchay.analysis.features.feature import Feature

__all__ = ["outside_features"]

_CLOCK: Final = ("clock",)
_DEFINITION: Final = "definition"
_RIDGE: Final = "kanchay.analysis.forecast.ridge"
_SEASONS: Final = (
    "Trenberth, What Are the Seasons?, Bull. Amer. Meteor. Soc. 64 (1983) 1276, "
    "doi 10.1175/1520-0477(1983)064<1276:WATS>2.0.CO;2"
)

_SPANISH: Final = dict(
    zip(
        CALENDAR_FEATURES,
        (
            "seno de la hora", "coseno de la hora", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado",
            "domingo", "fin de semana", "feriado", "seno del año", "coseno del año",
        ),
        strict=True,
    )
)  # fmt: skip

_NAMED: Final = (
    Feature(
        "hour_of_day", "h", "Hour on the site's clock.", "Hora en el reloj del sitio.",
        "seconds since local midnight / 3600", _DEFINITION, _CLOCK, formulas.hour_of_day, "minmax",
    ),
    Feature(
        "day_of_week", "d", "Day of the week, Monday is 0.", "Día de la semana; el lunes es 0.",
        "ISO 8601 weekday - 1", "ISO 8601-1:2019", _CLOCK, formulas.day_of_week, "minmax",
    ),
    Feature(
        "day_of_year", "d", "Days since 1 January.", "Días desde el 1 de enero.",
        "local day - 1 January of its year", _DEFINITION, _CLOCK, formulas.day_of_year, "minmax",
    ),
    Feature(
        "season", "1", "Season of the site's hemisphere: 0 winter, 1 spring, 2 summer, 3 autumn.",
        "Estación en el hemisferio del sitio: 0 invierno, 1 primavera, 2 verano, 3 otoño.",
        "floor((month mod 12) / 3), plus 2 modulo 4 in the south", _SEASONS, ("clock", "hemisphere"),
        formulas.season, "minmax",
    ),
    Feature(
        "free_day", "1", "1 on a weekend or a public holiday.", "1 en fin de semana o feriado.",
        "max(weekend, holiday)", _RIDGE, _CLOCK, formulas.free_day, "none",
    ),
    Feature(
        "holiday_before", "1", "1 where the day before the target's is a public holiday.",
        "1 si el día anterior es feriado.", "holiday(day - 1)", _DEFINITION, _CLOCK, formulas.holiday_before, "none",
    ),
    Feature(
        "holiday_after", "1", "1 where the day after the target's is a public holiday.",
        "1 si el día siguiente es feriado.", "holiday(day + 1)", _DEFINITION, _CLOCK, formulas.holiday_after, "none",
    ),
    Feature(
        "free_day_before", "1", "1 where the day before the target's is free.", "1 si el día anterior es libre.",
        "free_day(day - 1)", _DEFINITION, _CLOCK, formulas.free_day_before, "none",
    ),
    Feature(
        "free_day_after", "1", "1 where the day after the target's is free.", "1 si el día siguiente es libre.",
        "free_day(day + 1)", _DEFINITION, _CLOCK, formulas.free_day_after, "none",
    ),
    Feature(
        "lead_days", "d", "Days between the target and its latest known same hour.",
        "Días entre la hora prevista y la misma hora más reciente conocida.",
        "floor((t - issued_at) / 1 d) + 1", _DEFINITION, _CLOCK, formulas.lead_days, "minmax",
    ),
    Feature(
        "temperature", "degC", "Outdoor temperature as it was forecast, or a climatology.",
        "Temperatura exterior según el pronóstico o la climatología.",
        "T(t)", _DEFINITION, ("temperature",), formulas.temperature,
    ),
    Feature(
        "humidity", "%", "Relative humidity as it was forecast.", "Humedad relativa según el pronóstico.",
        "RH(t)", _DEFINITION, ("humidity",), formulas.humidity, "minmax",
    ),
    Feature(
        "occupancy", "persons", "People who are planned to be there.", "Personas previstas en el lugar.",
        "n(t)", _DEFINITION, ("occupancy",), formulas.occupancy, "minmax",
    ),
    Feature(
        "area_utilization", "persons/m2", "Planned people by floor area.",
        "Personas previstas por superficie.", "n(t) / A", _DEFINITION, ("occupancy", "area"),
        formulas.area_utilization, "minmax",
    ),
    Feature(
        "temp_humidity_interaction", "degC*%", "Temperature times humidity: muggy heat asks for more cooling.",
        "Temperatura por humedad: el calor húmedo pide más frío.", "T(t) * RH(t)", "product term of a regression",
        ("temperature", "humidity"), formulas.temp_humidity_interaction,
    ),
    Feature(
        "occupancy_time_interaction", "persons*h", "Planned people times the hour: late people weigh more.",
        "Personas previstas por la hora: pesan más quienes están tarde.", "n(t) * hour_of_day(t)",
        "product term of a regression", ("occupancy", "clock"), formulas.occupancy_time_interaction,
    ),
)  # fmt: skip


def outside_features() -> tuple[Feature, ...]:
    """Clock, weather and use, then the columns of `CALENDAR_FEATURES`.

    Returns
    -------
    tuple of Feature

    Examples
    --------
    >>> outside_features()[0].name
    'hour_of_day'
    """
    return (*_NAMED, *_calendar())


def _calendar() -> tuple[Feature, ...]:
    return tuple(
        Feature(
            name, "1", f"Calendar: {name.replace('_', ' ')}.", f"Calendario: {_SPANISH[name]}.",
            f"{name} of kanchay.analysis.features.calendar.calendar_features", "calendar_features", _CLOCK,
            formulas.calendar_column(name), "none",
        )
        for name in CALENDAR_FEATURES
    )  # fmt: skip
