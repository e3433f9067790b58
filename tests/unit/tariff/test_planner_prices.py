"""Prices leave in shapes that planners read back: EMHASS, evcc, FlexMeasures, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kanchay.adapters.tariffs.series_file import write_series
from kanchay.bootstrap import in_memory, price_formats, published_series
from kanchay.cli import cli
from kanchay.cli.tariff.prices import FORMATS
from kanchay.domain.errors import BillRefused, FileRefused, InputError
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.point import Direction, Point, Site
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.reading import Readings
from kanchay.services.money.planner_prices import Reach, prices_of_site, prices_of_tariff
from kanchay.services.money.tariff_check import check_tariff
from kanchay.services.money.tariffs import tariff_by_id
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

DATA = Path(__file__).resolve().parents[2] / "data" / "tariff"
TWO = DATA / "two_blocks.yaml"
LIMA = "America/Lima"
MONDAY = date(2026, 8, 3)
HOURS = Reach(MONDAY, MONDAY + timedelta(days=1), HOUR)


def tariff(path: Path) -> Any:
    return check_tariff(in_memory(), path.read_bytes()).tariff


@pytest.fixture(scope="module")
def prices() -> Any:
    """A Monday: the peak from 18 to 23 costs 0.52, the rest 0.35 (above 30 kWh), and 18 % tax."""
    return prices_of_tariff(tariff(TWO), HOURS, kwh=Decimal(200), parameters={"contracted_kw": Decimal(3)})


def test_the_price_of_each_hour_is_the_list_s_with_tax(prices: Any) -> None:
    expected = [0.6136 if 18 <= hour < 23 else 0.413 for hour in range(24)]
    assert list(prices.take) == pytest.approx(expected, abs=1e-9)
    assert set(prices.send) == {0.0}
    assert prices.start == local_midnight(MONDAY, LIMA)


def test_the_formats_offered_are_those_there_are() -> None:
    assert tuple(price_formats()) == FORMATS


def written(prices: Any, name: str, *, send: bool = False) -> Any:
    text = price_formats()[name].write(prices, send)
    return text if name == "csv" else json.loads(text)


def test_evcc_reads_starts_ends_and_values_in_utc(prices: Any) -> None:
    rates = written(prices, "evcc")
    assert all(set(rate) == {"start", "end", "value"} for rate in rates)
    times = [datetime.strptime(rate["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) for rate in rates]
    assert [int(t.timestamp()) for t in times] == list(prices.starts)
    assert all(a["end"] == b["start"] for a, b in pairwise(rates))
    assert [rate["value"] for rate in rates] == list(prices.take)
    assert {rate["value"] for rate in written(prices, "evcc", send=True)} == {0.0}


def test_flexmeasures_divides_the_duration_by_the_values(prices: Any) -> None:
    body = written(prices, "flexmeasures")
    assert body["unit"] == "PEN/kWh"
    assert int(datetime.fromisoformat(body["start"]).timestamp()) == prices.start
    assert (body["duration"], len(body["values"])) == ("PT24H", 24)
    short = prices_of_tariff(
        tariff(TWO), Reach(MONDAY, MONDAY + timedelta(days=1), 900), kwh=Decimal(200),
        parameters={"contracted_kw": Decimal(3)},
    )  # fmt: skip
    assert len(written(short, "flexmeasures")["values"]) == 96


def test_emhass_holds_each_value_until_the_next_time(prices: Any) -> None:
    told = written(prices, "emhass")
    assert set(told) == {"load_cost_forecast", "prod_price_forecast"}
    at = [int(datetime.fromisoformat(time).timestamp()) for time in told["load_cost_forecast"]]
    assert at == list(prices.starts)
    assert list(told["load_cost_forecast"].values()) == list(prices.take)


def test_csv_and_json_hold_both_directions(prices: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(written(prices, "csv"))))
    assert [float(row["take_pen_per_kwh"]) for row in rows] == list(prices.take)
    assert int(datetime.fromisoformat(rows[1]["start"]).timestamp()) == prices.start + HOUR
    told = written(prices, "json")
    assert (told["take"], told["send"]) == (list(prices.take), list(prices.send))
    assert told["resolution_s"] == HOUR


def test_a_day_of_25_hours_has_25_prices() -> None:
    found = prices_of_tariff(
        tariff_by_id(in_memory(), "us.srp.e13"), Reach(date(2026, 11, 1), date(2026, 11, 2), HOUR)
    )
    assert len(found.take) == 24  # Arizona keeps its clock
    autumn = Reach(date(2026, 10, 25), date(2026, 10, 26), HOUR)
    assert len(autumn.starts("Europe/Madrid")) == 25


def test_published_prices_come_with_their_tax_and_a_gap_is_refused() -> None:
    start = local_midnight(MONDAY, LIMA)
    spot = PriceSeries("day_ahead.XX", "PEN", np.full(24, 0.2), start, HOUR)
    asked = {"kwh": Decimal(744), "parameters": {"contracted_kw": Decimal(3)}}
    with_series = prices_of_tariff(tariff(DATA / "every_kind.yaml"), HOURS, series=[spot], **asked)
    free = PriceSeries("day_ahead.XX", "PEN", np.full(24, 0.0), start, HOUR)
    without = prices_of_tariff(tariff(DATA / "every_kind.yaml"), HOURS, series=[free], **asked)
    more = np.subtract(with_series.take, without.take)
    assert more == pytest.approx(np.full(24, 0.2 * 1.02 * 1.18), abs=1e-6)
    assert with_series.send == pytest.approx(np.full(24, 0.2))  # what is sent earns the published price
    with pytest.raises(BillRefused) as caught:
        prices_of_tariff(tariff(DATA / "every_kind.yaml"), HOURS, **asked)
    assert caught.value.code == "bill.missing_price"


def test_a_price_that_depends_on_the_total_asks_for_it() -> None:
    with pytest.raises(InputError, match="--kwh"):
        prices_of_tariff(tariff(TWO), HOURS, parameters={"contracted_kw": Decimal(3)})


@pytest.mark.parametrize(
    "reach",
    [Reach(MONDAY, MONDAY, HOUR), Reach(MONDAY, date(2029, 1, 1), 900), Reach(MONDAY, date(2026, 8, 5), 1)],
)
def test_a_reach_of_nothing_or_too_much_is_refused(reach: Reach) -> None:
    with pytest.raises(InputError):
        prices_of_tariff(tariff(TWO), reach, kwh=Decimal(200))


def test_a_site_s_prices_are_those_at_its_expected_total() -> None:
    """Above 140 kWh a kWh of BT5B costs more than below."""
    now = local_midnight(date(2026, 8, 22), LIMA)
    first = local_midnight(date(2026, 8, 5), LIMA)
    ctx, scope = in_memory(clock=lambda: now), operator_scope()
    site = Site(
        id="casa", name="Casa", tz=LIMA, country="PE", tariff_id="pe.luz_del_sur.lima_sur.bt5b", billing_day=5
    )
    create_site(ctx, scope, site)
    point = Point("meter", site.id, "Meter", direction=Direction.IMPORT, resolution_s=HOUR)
    add_points(ctx, scope, site.id, [point])
    ctx.readings.append(
        scope, [Readings.regular("meter", first, HOUR, np.full(17 * 24, 0.2))], recorded_at=now
    )

    def at(total: float) -> float:
        forecast = PeriodForecast(
            "meter", first, local_midnight(date(2026, 9, 5), LIMA), now, 81.6, 0.0, total,
            tuple(total for _ in LEVELS), "told",
        )  # fmt: skip
        reach = Reach(date(2026, 8, 22), date(2026, 8, 24), HOUR)
        found = prices_of_site(ctx, scope, site, reach, forecast)
        assert len(found.take) == 48
        assert found.start == now
        assert found.start % DAY == 5 * HOUR
        (price,) = set(found.take)
        return float(price)

    assert at(100) == pytest.approx(0.7386 + 0.002 * 5.5, abs=2e-4)
    assert at(200) == pytest.approx(0.7556 + 0.002 * 5.5, abs=2e-4)


# Published prices from a file.


def series_file(tmp_path: Path, *rows: str, head: str = "start,day_ahead.XX") -> Path:
    file = tmp_path / "spot.csv"
    file.write_text("\n".join([head, *rows]), "utf-8")
    return file


def test_published_prices_are_read_from_a_file(tmp_path: Path) -> None:
    hours = [f"2026-08-03T{h:02d}:00:00-05:00,{0.1 + h / 100:.2f}" for h in range(24) if h != 7]
    read = published_series(series_file(tmp_path, *hours), "PEN")
    assert (read.name, read.currency, read.resolution_s) == ("day_ahead.XX", "PEN", HOUR)
    assert read.start == local_midnight(MONDAY, LIMA)
    assert np.flatnonzero(np.isnan(read.values)).tolist() == [7]


def test_what_the_importer_writes_is_read_back(tmp_path: Path) -> None:
    made = PriceSeries("day_ahead.XX", "PEN", np.array([0.2, np.nan, -0.05, 0.3]), 1785733200, 1800)
    write_series(made, tmp_path / "made.csv")
    read = published_series(tmp_path / "made.csv", "PEN")
    np.testing.assert_array_equal(read.values, made.values)
    assert (read.start, read.resolution_s, read.name) == (made.start, made.resolution_s, made.name)


@pytest.mark.parametrize(
    ("rows", "head", "what"),
    [
        (["2026-08-03T05:00:00Z,0.2"], "time,price,x", "head"),
        (["2026-08-03T05:00:00Z,0.2", "2026-08-03T06:00:00,0.2"], "start,x", "row 3"),
        (["2026-08-03T05:00:00Z,0.2", "2026-08-03T06:00:00Z,dear"], "start,x", "row 3"),
        (["2026-08-03T05:00:00Z,0.2", "2026-08-03T06:00:00Z,nan"], "start,x", "row 3"),
        (["2026-08-03T05:00:00Z,0.2"], "start,x", "do not rise"),
        (["0001-01-03T05:00:00Z,1", "0001-01-03T05:00:01Z,1", "9999-01-03T05:00:00Z,1"], "start,x", "do not rise"),
        (["2026-08-03T05:00:00Z,0.2", "2026-08-03T05:00:00Z,0.3"], "start,x", "do not rise"),
        (["2026-08-03T05:00:00Z,1", "2026-08-03T06:00:00Z,1", "2026-08-03T07:30:00Z,1"], "start,x", "do not rise"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_series_is_refused_by_its_row(
    tmp_path: Path, rows: list[str], head: str, what: str
) -> None:
    with pytest.raises(FileRefused, match=what):
        published_series(series_file(tmp_path, *rows, head=head), "PEN")


def test_a_binary_file_is_no_series(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(bytes(range(256)))
    with pytest.raises(FileRefused, match="no table"):
        published_series(tmp_path / "x.csv", "PEN")


def test_the_verb_takes_published_prices(tmp_path: Path) -> None:
    hours = [f"2026-08-03T{h:02d}:00:00-05:00,0.2" for h in range(24)]
    days = ("--from", "2026-08-03", "--to", "2026-08-04", "--kwh", "744", "--param", "contracted_kw=3")
    result = run(
        str(DATA / "every_kind.yaml"),
        *days,
        "--series",
        str(series_file(tmp_path, *hours)),
        "--format",
        "json",
    )
    assert result.exit_code == 0, result.exception
    assert set(json.loads(result.stdout)["send"]) == {0.2}


# The verb.


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["tariff", "prices", *args])


@pytest.mark.parametrize("name", FORMATS)
def test_the_verb_prints_each_format(name: str) -> None:
    days = ("--from", "2026-08-03", "--to", "2026-08-05", "--resolution", "30min")
    result = run(str(TWO), *days, "--kwh", "200", "--param", "contracted_kw=3", "--format", name)
    assert result.exit_code == 0, result.output
    assert (len(result.stdout.splitlines()) == 97) if name == "csv" else json.loads(result.stdout)


@pytest.mark.parametrize(
    "args", [(), (str(TWO), "--site", "x"), (str(TWO), "--feed-in"), ("--site", "x", "--kwh", "1")]
)
def test_mistyped_commands(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2
