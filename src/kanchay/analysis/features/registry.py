"""Features by name: what each is, its unit, its formula and where that comes from, and what it needs.

A name with a prefix is a derived form: ``standardized_x`` and ``normalized_x`` by the scaler of the training data,
``relative_x`` by the level and spread of the window itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from kanchay.analysis.features import formulas
from kanchay.analysis.features.calendar import CALENDAR_FEATURES
from kanchay.analysis.features.sight import N_DAYS, Sight
from kanchay.domain.errors import NotFound
from kanchay.domain.reading import FloatArray

__all__ = ["FEATURES", "FORMS", "Feature", "Form", "Scaling", "parse_name"]

Scaling = Literal["standard", "minmax", "none"]
Form = Literal["", "standardized", "normalized", "relative"]

#: Derived forms by their prefix, and what each means.
FORMS: Final[dict[Form, str]] = {
    "standardized": "(x - mean) / std, both from the training data",
    "normalized": "(x - min) / (max - min), both from the training data",
    "relative": "(x - window mean) / window scale for a level, x / window scale for a spread",
}


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes
    ----------
    name : str
        As in manifests, the command line and the reference page.
    unit : str
        ``"1"`` for a plain number.
    en, es : str
        What it is, one sentence, in English and Spanish.
    formula : str
        In symbols of the reference page.
    source : str
        Where the formula comes from.
    needs : tuple of str
        Inputs: ``load``, ``clock``, ``temperature``, ``humidity``, ``occupancy``, ``area``, ``hemisphere``.
    compute : callable
        From a `Sight` to an array (n_windows, horizon).
    scaling : str
        Which scaled form suits it: ``standard``, ``minmax`` or ``none`` (indicators and cyclic values).
    relative : str
        ``level``: an amount of load; ``spread``: a difference or width of load; ``""``: it has no relative form.

    Examples
    --------
    >>> FEATURES["lagged_energy"].unit, FEATURES["lagged_energy"].needs
    ('kWh', ('load', 'clock'))
    """

    name: str
    unit: str
    en: str
    es: str
    formula: str
    source: str
    needs: tuple[str, ...]
    compute: Callable[[Sight], FloatArray]
    scaling: Scaling = "standard"
    relative: Literal["", "level", "spread"] = ""


_CLOCK: Final = ("clock",)
_LOAD: Final = ("load", "clock")
_DEFINITION: Final = "definition"
_NAIVE: Final = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2021), 5.2, seasonal naive"
_RIDGE: Final = "kanchay.analysis.forecast.ridge"
_SEASONS: Final = (
    "Trenberth, What Are the Seasons?, Bull. Amer. Meteor. Soc. 64 (1983) 1276, "
    "doi 10.1175/1520-0477(1983)064<1276:WATS>2.0.CO;2"
)

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
    Feature(
        "rolling_avg_energy", "kWh", "Mean load of the last 24 hours before the time of issue.",
        "Consumo medio de las últimas 24 horas antes de la emisión.", "mean of y over [issued_at - 24 h, issued_at)",
        "moving average", ("load",), formulas.rolling_avg_energy, relative="level",
    ),
    Feature(
        "rolling_avg_energy_3h", "kWh", "Mean load of the last 3 hours before the time of issue.",
        "Consumo medio de las últimas 3 horas antes de la emisión.", "mean of y over [issued_at - 3 h, issued_at)",
        "moving average", ("load",), formulas.rolling_avg_energy_3h, relative="level",
    ),
    Feature(
        "last_energy", "kWh", "Load of the last interval before the time of issue.",
        "Consumo del último intervalo antes de la emisión.", "y(issued_at - 1)", _NAIVE, ("load",),
        formulas.last_energy, relative="level",
    ),
    Feature(
        "window_low", "kWh", "Least load of the history.", "El menor consumo de la historia.",
        "min of y over the lookback", _DEFINITION, ("load",), formulas.window_low, relative="level",
    ),
    Feature(
        "window_high", "kWh", "Greatest load of the history.", "El mayor consumo de la historia.",
        "max of y over the lookback", _DEFINITION, ("load",), formulas.window_high, relative="level",
    ),
    Feature(
        "window_level", "kWh", "Mean load of the whole history that is read.",
        "Consumo medio de toda la historia leída.", "mean of y over the lookback", "moving average", ("load",),
        formulas.window_level,
    ),
    Feature(
        "window_scale", "kWh", "How far the load strays from its mean, never 0.",
        "Cuánto se aparta el consumo de su media; nunca 0.", "mean |y - mean(y)| + 0.05 mean |y|",
        "kanchay.learning.network", ("load",), formulas.window_scale,
    ),
    Feature(
        "variability", "1", "Spread of the window by its level, as a logarithm.",
        "Dispersión de la ventana según su nivel, en logaritmo.", "log(window_scale / (mean |y| + 1e-6) + 1e-3)",
        "kanchay.learning.network", ("load",), formulas.variability,
    ),
    Feature(
        "known_share", "1", "Share of the history that is known.", "Parte conocida de la historia.",
        "known intervals / intervals read", _DEFINITION, ("load",), formulas.known_share, "none",
    ),
    Feature(
        "lagged_energy", "kWh", "Load at the same hour by the clock on the latest known day.",
        "Consumo a la misma hora del último día conocido.", "y(t - lead_days)", _NAIVE, _LOAD,
        formulas.lagged_energy(1), relative="level",
    ),
    Feature(
        "same_weekday_energy", "kWh", "Load at the same hour seven days before the target.",
        "Consumo a la misma hora siete días antes.", "y(t - 7 d)", _NAIVE, _LOAD, formulas.same_weekday_energy,
        relative="level",
    ),
    Feature(
        "same_hour_energy", "kWh", "Mean load at the same hour of the seven latest known days.",
        "Consumo medio a la misma hora de los siete últimos días conocidos.",
        "mean of y(t - lead_days - k d), k = 0..6", "7-day ensemble, kanchay.analysis.forecast.naive", _LOAD,
        formulas.same_hour_energy, relative="level",
    ),
    Feature(
        "same_hour_before", "kWh", "Like same_hour_energy, one interval earlier.",
        "Como same_hour_energy, un intervalo antes.", "mean of y(t - lead_days - k d - 1)", _DEFINITION, _LOAD,
        formulas.same_hour_shifted(-1), relative="level",
    ),
    Feature(
        "same_hour_after", "kWh", "Like same_hour_energy, one interval later, where that was known.",
        "Como same_hour_energy, un intervalo después, si se conocía.", "mean of y(t - lead_days - k d + 1)",
        _DEFINITION, _LOAD, formulas.same_hour_shifted(1), relative="level",
    ),
    Feature(
        "same_hour_spread", "kWh", "Mean absolute deviation of those seven values.",
        "Desviación absoluta media de esos siete valores.", "mean |y(t - lead_days - k d) - same_hour_energy|",
        _DEFINITION, _LOAD, formulas.same_hour_spread, relative="spread",
    ),
    Feature(
        "same_hour_low", "kWh", "Least of those seven values.", "El menor de esos siete valores.",
        "min of y(t - lead_days - k d)", _DEFINITION, _LOAD, formulas.same_hour_low, relative="level",
    ),
    Feature(
        "same_hour_high", "kWh", "Greatest of those seven values.", "El mayor de esos siete valores.",
        "max of y(t - lead_days - k d)", _DEFINITION, _LOAD, formulas.same_hour_high, relative="level",
    ),
    Feature(
        "same_kind_energy", "kWh", "Mean at the same hour of days of the target's kind, working or free.",
        "Media a la misma hora de los días del mismo tipo, laborables o libres.",
        "m + (k - m) n / (n + 0.5): k mean over n days of the kind, m over all", _RIDGE, _LOAD,
        formulas.same_kind_energy, relative="level",
    ),
    Feature(
        "same_kind_latest", "kWh", "Load at the same hour of the latest day of the target's kind.",
        "Consumo a la misma hora del último día del mismo tipo.", "y at the latest day of the kind", _RIDGE, _LOAD,
        formulas.same_kind_latest, relative="level",
    ),
    Feature(
        "same_kind_days", "1", "How many of the seven days are of the target's kind.",
        "Cuántos de los siete días son del mismo tipo.", "n", _RIDGE, _LOAD, formulas.same_kind_days, "minmax",
    ),
    Feature(
        "day_shape", "kWh", "How far this hour stands above the mean of its day, by days of its kind.",
        "Cuánto sobresale esta hora de la media de su día, según días del mismo tipo.",
        "same_kind_energy - its mean over the day ahead", _RIDGE, _LOAD, formulas.day_shape, relative="spread",
    ),
    Feature(
        "kind_contrast", "kWh", "How far the kind's mean is from that of all days, over the whole day.",
        "Cuánto difiere la media del tipo de día de la de todos, en el día entero.",
        "mean over the horizon of same_kind_energy - same_hour_energy", _RIDGE, _LOAD, formulas.kind_contrast,
        relative="spread",
    ),
    Feature(
        "latest_day_shift", "kWh", "How far the last 24 hours lie from the same hours of the days before.",
        "Cuánto difieren las últimas 24 horas de las mismas horas de días anteriores.",
        "mean over 24 h of y - mean of y(t - k d), k = 1..6", _DEFINITION, _LOAD, formulas.latest_day_shift,
        relative="spread",
    ),
    Feature(
        "latest_hours_shift", "kWh", "The same for the last 3 hours.", "Lo mismo para las últimas 3 horas.",
        "mean over 3 h of y - mean of y(t - k d), k = 1..6", _DEFINITION, _LOAD, formulas.latest_hours_shift,
        relative="spread",
    ),
    Feature(
        "zero_share", "1", "Share of known intervals at or below 2 % of the mean.",
        "Parte de los intervalos conocidos con 2 % de la media o menos.", "share of y <= 0.02 mean |y|", _DEFINITION,
        ("load",), formulas.zero_share, "none",
    ),
)  # fmt: skip


def _lags() -> tuple[Feature, ...]:
    return tuple(
        Feature(
            f"lagged_energy_{k}", "kWh", f"Load at the same hour on the known day of rank {k}, latest first.",
            f"Consumo a la misma hora del día conocido número {k}, desde el más reciente.",
            f"y(t - lead_days - {k - 1} d)", _NAIVE, _LOAD, formulas.lagged_energy(k), relative="level",
        )
        for k in range(2, N_DAYS + 1)
    )  # fmt: skip


def _days() -> tuple[Feature, ...]:
    return tuple(
        Feature(
            f"day_energy_{k}", "kWh", f"Mean load of the 24 hours that end {k - 1} days before the time of issue.",
            f"Consumo medio de las 24 horas que terminan {k - 1} días antes de la emisión.",
            f"mean of y over [issued_at - {k} d, issued_at - {k - 1} d)", "moving average", ("load",),
            formulas.day_energy(k), relative="level",
        )
        for k in range(1, N_DAYS + 1)
    )  # fmt: skip


def _calendar() -> tuple[Feature, ...]:
    return tuple(
        Feature(
            name, "1", f"Calendar: {name.replace('_', ' ')}.", f"Calendario: {_SPANISH[name]}.",
            f"{name} of kanchay.analysis.features.calendar.calendar_features", "calendar_features", _CLOCK,
            formulas.calendar_column(name), "none",
        )
        for name in CALENDAR_FEATURES
    )  # fmt: skip


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

FEATURES: Final[dict[str, Feature]] = {f.name: f for f in (*_NAMED, *_lags(), *_days(), *_calendar())}


def parse_name(name: str) -> tuple[Form, Feature]:
    """The form and the feature that a name stands for.

    Parameters
    ----------
    name : str
        Such as ``hour_of_day``, ``standardized_hour_of_day`` or ``relative_lagged_energy``.

    Returns
    -------
    form : str
        ``""`` for the plain value.
    feature : Feature

    Raises
    ------
    NotFound
        No feature has that name, or it has no such form.

    Examples
    --------
    >>> form, feature = parse_name("normalized_temperature")
    >>> form, feature.name
    ('normalized', 'temperature')
    """
    if name in FEATURES:
        return "", FEATURES[name]
    prefix, _, rest = name.partition("_")
    for form in FORMS:
        if prefix == form and rest in FEATURES:
            if form == "relative" and not FEATURES[rest].relative:
                raise NotFound(
                    f"'{rest}' has no relative form: it is no amount of load.", code="feature.form"
                )
            return form, FEATURES[rest]
    raise NotFound(
        f"No feature is called '{name}'.",
        hint=f"Known: {', '.join(FEATURES)}; before any of them {', '.join(f'{f}_' for f in FORMS)}.",
        code="feature.name",
    )
