"""Features of the load before the time of issue."""

from __future__ import annotations

from typing import Final

from kanchay.analysis.features import formulas
from kanchay.analysis.features.feature import Feature
from kanchay.analysis.features.sight import N_DAYS

__all__ = ["load_features"]

_LOAD: Final = ("load", "clock")
_DEFINITION: Final = "definition"
_NAIVE: Final = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2021), 5.2, seasonal naive"
_RIDGE: Final = "kanchay.analysis.forecast.ridge"

_NAMED: Final = (
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
        "same_hour_spread", "kWh", "Mean absolute deviation of the load at the same hour of the seven latest known days.",
        "Desviación absoluta media del consumo a la misma hora de los siete últimos días conocidos.",
        "mean |y(t - lead_days - k d) - same_hour_energy|",
        _DEFINITION, _LOAD, formulas.same_hour_spread, relative="spread",
    ),
    Feature(
        "same_hour_low", "kWh", "Least load at the same hour of the seven latest known days.",
        "El menor consumo a la misma hora de los siete últimos días conocidos.",
        "min of y(t - lead_days - k d)", _DEFINITION, _LOAD, formulas.same_hour_low, relative="level",
    ),
    Feature(
        "same_hour_high", "kWh", "Greatest load at the same hour of the seven latest known days.",
        "El mayor consumo a la misma hora de los siete últimos días conocidos.",
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
        "latest_hours_shift", "kWh", "How far the last 3 hours lie from the same hours of the days before.",
        "Cuánto difieren las últimas 3 horas de las mismas horas de días anteriores.",
        "mean over 3 h of y - mean of y(t - k d), k = 1..6", _DEFINITION, _LOAD, formulas.latest_hours_shift,
        relative="spread",
    ),
    Feature(
        "zero_share", "1", "Share of known intervals whose size is at or below 2 % of the mean.",
        "Parte de los intervalos conocidos con 2 % de la media o menos.", "share of |y| <= 0.02 mean |y|", _DEFINITION,
        ("load",), formulas.zero_share, "none",
    ),
)  # fmt: skip


def load_features() -> tuple[Feature, ...]:
    """Means, same hours of earlier days, shifts and extremes.

    Returns
    -------
    tuple of Feature

    Examples
    --------
    >>> load_features()[0].name
    'rolling_avg_energy'
    """
    return (*_NAMED, *_lags(), *_days())


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
