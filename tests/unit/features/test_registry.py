"""Features against values worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from kanchay.analysis.features.inputs import FeatureInputs, hemisphere_of
from kanchay.analysis.features.registry import FEATURES, FORMS, parse_name
from kanchay.analysis.features.scaling import Scaler
from kanchay.analysis.features.table import build_features, needed_inputs
from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.errors import InputError, NotFound, ShapeError

HOUR, DAY = 3600, 86400
NAMED_BY_THE_ISSUE = (
    "hour_of_day", "day_of_week", "season", "temperature", "humidity", "occupancy", "area_utilization",
    "rolling_avg_energy", "lagged_energy", "temp_humidity_interaction", "occupancy_time_interaction",
)  # fmt: skip


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def windows(issued="2026-08-26T05:00", tz="America/Lima", country="PE", horizon=24, load=None, **more):
    load = np.arange(168.0) if load is None else load
    return Windows(load[None], np.array([at(issued)]), HOUR, horizon, tz, country, **more)


def value(name, inputs, hour=0, **options):
    return build_features([name], inputs, **options).values[0, hour, 0]


def test_the_registry_holds_the_names_that_were_promised():
    assert set(NAMED_BY_THE_ISSUE) <= set(FEATURES)


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda f: f.name)
def test_every_feature_tells_all_about_itself(feature):
    for text in (feature.unit, feature.en, feature.es, feature.formula, feature.source):
        assert text.strip()
    assert feature.en != feature.es
    assert set(feature.needs) <= {
        "load",
        "clock",
        "temperature",
        "humidity",
        "occupancy",
        "area",
        "hemisphere",
    }
    assert feature.needs
    assert feature.scaling in ("standard", "minmax", "none")
    assert (feature.relative != "") <= (feature.unit == "kWh")


def test_clock_features_are_those_of_the_local_clock():
    lima = windows()  # issued on Wednesday 26 August 2026, 00:00 in Lima
    assert [value("hour_of_day", lima, h) for h in (0, 1, 23)] == [0, 1, 23]
    assert value("day_of_week", lima) == 2
    assert value("day_of_year", lima) == 237  # 31+28+31+30+31+30+31 + 25
    assert value("free_day", lima) == 0
    assert value("holiday_after", windows("2026-08-29T05:00")) == 1  # 30 August: Santa Rosa de Lima
    assert value("holiday_before", windows("2026-08-31T05:00")) == 1
    assert value("free_day_before", windows("2026-08-31T05:00")) == 1  # it was a Sunday too
    assert value("free_day_after", windows("2026-08-28T05:00")) == 1


def test_hours_keep_their_minutes_at_finer_resolution():
    fine = Windows(np.ones((1, 672)), np.array([at("2026-08-26T05:00")]), 900, 96, "America/Lima")
    assert [value("hour_of_day", fine, i) for i in (0, 1, 5)] == [0, 0.25, 1.25]


@pytest.mark.parametrize(
    ("month", "north", "south"),
    [(1, 0, 2), (2, 0, 2), (3, 1, 3), (5, 1, 3), (6, 2, 0), (8, 2, 0), (9, 3, 1), (11, 3, 1), (12, 0, 2)],
)
def test_seasons_turn_round_south_of_the_equator(month, north, south):
    there = f"2026-{month:02d}-15T12:00"
    assert value("season", windows(there, "Europe/Madrid", "ES")) == north
    assert value("season", windows(there, "America/Lima", "PE")) == south
    given = FeatureInputs(windows(there, "UTC", None), hemisphere="south")
    assert value("season", given) == south


def test_without_a_place_there_is_no_season():
    nowhere = windows(tz="UTC", country=None)
    with pytest.raises(InputError, match="'season' needs hemisphere"):
        build_features(["season"], nowhere)
    assert np.isnan(value("season", nowhere, missing="nan"))
    assert hemisphere_of(51.5) == "north"
    assert hemisphere_of(-0.1, "ES") == "south"  # where the site lies counts more than its country


def test_load_features_by_hand():
    w = windows()  # load 0..167, the last value at 23:00 is 167
    assert value("lagged_energy", w) == 144  # yesterday 00:00
    assert value("lagged_energy", w, 5) == 149
    assert value("lagged_energy_2", w) == 120
    assert value("lagged_energy_7", w) == 0
    assert value("same_weekday_energy", w, 5) == 5
    assert value("rolling_avg_energy", w, 7) == np.arange(144, 168).mean()
    assert value("rolling_avg_energy_3h", w) == 166
    assert value("last_energy", w) == 167
    assert value("same_hour_energy", w, 1) == 73  # mean of 1, 25, …, 145
    assert value("same_hour_low", w, 1) == 1
    assert value("same_hour_high", w, 1) == 145
    assert value("same_hour_spread", w, 1) == pytest.approx(24 * (3 + 2 + 1 + 0 + 1 + 2 + 3) / 7)
    assert value("same_hour_before", w, 1) == 72
    assert value("same_hour_after", w, 1) == 74
    assert value("day_energy_1", w) == 155.5
    assert value("day_energy_7", w) == 11.5
    assert value("window_level", w) == 83.5
    assert value("window_scale", w) == pytest.approx(42.0 + 0.05 * 83.5)  # mean |y - 83.5| of 0..167 is 42
    assert value("variability", w) == pytest.approx(np.log(46.175 / (83.5 + 1e-6) + 1e-3))
    assert (value("window_low", w), value("window_high", w)) == (0, 167)
    assert value("latest_day_shift", w) == pytest.approx(
        24 * 3.5
    )  # 24 a day more than the mean of six days before
    assert value("latest_hours_shift", w) == pytest.approx(24 * 3.5)
    assert value("zero_share", w) == pytest.approx(2 / 168)  # 0 and 1 lie below 2 % of 83.5
    assert value("known_share", w) == 1


def test_days_of_the_targets_kind():
    # Issued on Sunday 23 August 2026, 00:00 in Lima; free days before it: Saturday 22 and Sunday 16.
    w = windows("2026-08-23T05:00")
    assert value("free_day", w) == 1
    assert value("same_kind_days", w) == 2
    assert value("same_kind_latest", w, 3) == 147  # Saturday, 03:00
    over_all, of_kind = 75.0, (147 + 3) / 2
    assert value("same_kind_energy", w, 3) == pytest.approx(over_all + (of_kind - over_all) * 2 / 2.5)
    assert value("kind_contrast", w) == pytest.approx(0.0)
    assert value("day_shape", w, 3) == pytest.approx(3 - 11.5)


def test_further_days_read_the_latest_day_that_was_known():
    w = windows(horizon=72)
    assert [value("lead_days", w, h) for h in (0, 23, 24, 71)] == [1, 1, 2, 3]
    assert value("lagged_energy", w, 48) == 144
    assert value("same_weekday_energy", w, 48) == 48


def test_the_hour_that_is_skipped_does_not_shift_the_lags():
    # Madrid, 30 March 2026: the day before has 23 hours.
    w = windows("2026-03-29T22:00", "Europe/Madrid", "ES")
    assert value("hour_of_day", w, 8) == 8
    assert value("lagged_energy", w, 8) == 168 - 24 + 8  # both after the change
    assert (
        value("lagged_energy_2", w, 8) == 168 - 47 + 8
    )  # 08:00 of the 28th lies 47 hours before 00:00 of the 30th


def test_gaps_stay_gaps():
    load = np.arange(168.0)
    load[144] = np.nan
    w = windows(load=load)
    table = build_features(["lagged_energy", "lagged_energy_2", "known_share"], w)
    assert np.isnan(table.values[0, 0, 0])
    assert table.known[0, 0].tolist() == [False, True, True]
    assert table.values[0, 0, 2] == 167 / 168


def test_weather_use_and_area_by_hand():
    n = 168 + 24
    inputs = FeatureInputs(
        windows(temperature=np.full((1, n), 30.0)),
        humidity=np.full((1, n), 80.0),
        occupancy=np.arange(n, dtype=float)[None],
        area_m2=np.array([400.0]),
    )
    assert value("temperature", inputs) == 30
    assert value("humidity", inputs) == 80
    assert value("temp_humidity_interaction", inputs) == 2400
    assert value("occupancy", inputs, 6) == 174
    assert value("area_utilization", inputs, 6) == 174 / 400
    assert value("occupancy_time_interaction", inputs, 6) == 174 * 6
    assert build_features(["temperature", "area_utilization"], inputs).units == ("degC", "persons/m2")


@pytest.mark.parametrize(
    ("name", "absent"),
    [("temperature", "temperature"), ("area_utilization", "occupancy and area"),
     ("temp_humidity_interaction", "temperature and humidity"), ("occupancy_time_interaction", "occupancy"),
     ("standardized_humidity", "humidity")],
)  # fmt: skip
def test_an_input_that_is_missing_is_named(name, absent):
    with pytest.raises(InputError, match=f"needs {absent}, which was not given"):
        build_features([name], windows())
    if not name.startswith("standardized"):
        assert np.isnan(build_features([name], windows(), missing="nan").values).all()


def test_series_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="humidity"):
        FeatureInputs(windows(), humidity=np.ones((1, 3)))


def test_forms_of_a_feature():
    w = windows()
    scalers = {"hour_of_day": Scaler(11.5, 6.0, 0.0, 23.0, 24)}
    assert value("standardized_hour_of_day", w, 23, scalers=scalers) == pytest.approx(11.5 / 6)
    assert value("normalized_hour_of_day", w, 23, scalers=scalers) == 1
    assert value("relative_lagged_energy", w) == pytest.approx((144 - 83.5) / 46.175)
    assert value("relative_same_hour_spread", w) == pytest.approx(24 * 12 / 7 / 46.175)
    with pytest.raises(InputError, match="needs the scaler"):
        build_features(["normalized_hour_of_day"], w)
    with pytest.raises(NotFound, match="no relative form"):
        parse_name("relative_hour_of_day")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(NotFound, match="hour_of_day") as caught:
        build_features(["hour_of_dya"], windows())
    assert all(form in str(caught.value) for form in FORMS)


def test_what_features_need():
    assert needed_inputs(["season"]) == {"clock", "hemisphere"}
    assert needed_inputs(["relative_rolling_avg_energy", "standardized_occupancy"]) == {"load", "occupancy"}
    assert needed_inputs([]) == set()


def test_no_names_make_an_empty_table():
    assert build_features([], windows()).values.shape == (1, 24, 0)
