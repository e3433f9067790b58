"""One country's calendar, loaded alone, is the one that the whole package gives."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import partial

import pytest

from kanchay.analysis.features import publicholidays
from kanchay.analysis.features.publicholidays import holidays_of_year


@pytest.mark.filterwarnings("ignore:Requested Holidays are available only")
def test_every_country_and_subdivision_as_the_package_gives_it():
    import holidays
    from holidays.registry import COUNTRIES

    compared = 0
    for _, code, *_ in COUNTRIES.values():
        places = [(None, year) for year in (1999, 2016, 2024, 2026, 2031)]
        places += [(part, 2026) for part in getattr(holidays, code).subdivisions]
        for part, year in places:
            asked = frozenset(holidays.country_holidays(code, subdiv=part, years=year))
            assert holidays_of_year(code, part, year) == asked, (code, part, year)
            compared += 1
    assert compared > 1500


def test_other_codes_of_a_country_are_known():
    assert holidays_of_year("PER", None, 2026) == holidays_of_year("PE", None, 2026)


def test_a_region_that_is_not_listed_has_the_national_calendar():
    assert holidays_of_year("PE", "LIM", 2026) == holidays_of_year("PE", None, 2026)


@pytest.mark.parametrize("country", ["ZZ", "date"])
def test_no_such_country(country):
    with pytest.raises(NotImplementedError):
        holidays_of_year(country, "LIM", 2026)


def test_another_build_of_the_package_is_asked_the_usual_way(monkeypatch):
    import holidays

    monkeypatch.setattr(publicholidays, "_one_module", lambda country: None)
    make = publicholidays._calendar_of.__wrapped__("PE")
    assert isinstance(make, partial)
    assert make.func is holidays.country_holidays
    assert date(2026, 7, 28) in make(years=2026)


def test_only_the_asked_country_is_loaded():
    code = (
        "import sys; from kanchay.analysis.features.calendar import holiday_dates;"
        "print(len(holiday_dates('PE', None, [2026])));"
        "print(*(m for m in sys.modules if m.startswith('holidays.countries')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    n_days, loaded = run.stdout.splitlines()
    assert int(n_days) > 10
    assert loaded == ""
