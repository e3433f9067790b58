from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from kanchay.analysis.features.calendar import (
    CALENDAR_FEATURES,
    calendar_features,
    holiday_dates,
    is_holiday,
    local_days,
)
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import local_midnight


def column(features, name):
    return features[..., CALENDAR_FEATURES.index(name)]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_hour_and_weekday_are_those_of_the_local_clock():
    six_in_lima = calendar_features([at("2026-08-23T11:00")], "America/Lima")  # a Sunday, 06:00
    assert column(six_in_lima, "hour_sin")[0] == pytest.approx(1.0)
    assert column(six_in_lima, "sunday")[0] == 1.0
    assert column(six_in_lima, "weekend")[0] == 1.0
    assert six_in_lima[0, 2:9].sum() == 1.0


def test_the_clock_change_keeps_the_hour_of_the_wall_clock():
    # 2026-03-29 01:00 UTC: Madrid goes from 02:00 to 03:00.
    before, after = calendar_features([at("2026-03-28T05:00"), at("2026-03-29T04:00")], "Europe/Madrid")
    np.testing.assert_allclose(before[:2], after[:2])


def test_holidays_follow_the_local_day():
    new_year = local_midnight(date(2026, 1, 1), "America/Lima")
    flags = column(
        calendar_features([new_year - 1, new_year, new_year + 86399, new_year + 86400], "America/Lima", "PE"),
        "holiday",
    )
    assert flags.tolist() == [0.0, 1.0, 1.0, 0.0]


def test_peru_has_its_national_holidays():
    days = holiday_dates("PE", None, [2026])
    assert date(2026, 7, 28) in days
    assert date(2026, 8, 6) in days  # Junín, since 2022
    assert date(2026, 6, 7) in days  # Battle of Arica


def test_a_subdivision_changes_the_calendar():
    assert date(2026, 11, 30) in holiday_dates("GB", "SCT", [2026])
    assert date(2026, 11, 30) not in holiday_dates("GB", "ENG", [2026])


def test_no_country_has_no_holidays_and_an_unknown_one_says_so():
    assert not is_holiday([0, 1], None).any()
    with pytest.raises(NotFound, match="ZZ"):
        holiday_dates("ZZ", None, [2026])


def test_any_shape_and_any_resolution():
    grid = at("2026-01-01T00:00") + 300 * np.arange(24 * 12).reshape(4, 72)
    features = calendar_features(grid, "Asia/Kolkata", "IN")
    assert features.shape == (4, 72, len(CALENDAR_FEATURES))
    hourly = calendar_features(grid.ravel()[::12], "Asia/Kolkata", "IN")
    np.testing.assert_array_equal(features.reshape(-1, len(CALENDAR_FEATURES))[::12], hourly)
    assert calendar_features(np.zeros((0,), dtype=np.int64), "UTC").shape == (0, len(CALENDAR_FEATURES))


def test_local_days_cut_at_local_midnight():
    midnight = local_midnight(date(2026, 10, 25), "Europe/Madrid")
    assert np.diff(
        local_days([midnight - 1, midnight, midnight + 25 * 3600 - 1, midnight + 25 * 3600], "Europe/Madrid")
    ).tolist() == [1, 0, 1]
