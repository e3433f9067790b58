"""The report: one file, true to what is known, honest about what is not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import kanchay.web
from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.domain.errors import InputError
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.domain.point import Direction, Point, Site
from kanchay.domain.reading import Readings
from kanchay.services.operations.report import MonthReport, Refused, month_report
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site
from kanchay.web.report import render_report

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 9, 10), LIMA)
FIRST = local_midnight(date(2026, 6, 1), LIMA)
SITE = Site(
    id="casa", name="Casa <b>& Co</b>", tz=LIMA, country="PE", tariff_id="pe.luz_del_sur.lima_sur.bt5b",
    tariff_parameters=(("alumbrado", "8.82"),), billing_day=5,
)  # fmt: skip
LOCALES = Path(kanchay.web.__file__).parent / "locales"


def make(site: Site = SITE, *, missing_days: tuple[int, ...] = (), month: date | None = None) -> MonthReport:
    """A home of a plain daily shape; whole days, counted from 5 August, may be missing."""
    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(ctx, scope, site)
    add_points(
        ctx, scope, site.id, [Point("meter", site.id, "Meter", direction=Direction.IMPORT, resolution_s=HOUR)]
    )
    hours = np.arange((NOW - FIRST) // HOUR)
    values = 0.15 + 0.1 * np.sin(2 * np.pi * hours / 24) ** 2 + 0.01 * (hours * 7919 % 13) / 13
    offset = (local_midnight(date(2026, 8, 5), LIMA) - FIRST) // HOUR
    for day in missing_days:
        values[offset + 24 * day : offset + 24 * (day + 1)] = np.nan
    ctx.readings.append(scope, [Readings.regular("meter", FIRST, HOUR, values)], recorded_at=NOW)
    return month_report(ctx, scope, site.id, month=month)


@pytest.fixture(scope="module")
def whole() -> MonthReport:
    return make()


class Checker(HTMLParser):
    """Every element that opens closes, in order; notes what the file would fetch."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headings += tag == "h1"
        self.fetched += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag in ("script", "link", "img", "iframe"):
            self.fetched.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [v or "" for k, v in attrs if k in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    return checker


def test_the_newest_complete_period(whole: MonthReport) -> None:
    assert (whole.energy.start, whole.energy.end) == (date(2026, 8, 5), date(2026, 9, 5))
    assert whole.energy.whole_days == len(whole.energy.days) == 31
    assert (whole.before.start, whole.before.end) == (date(2026, 7, 5), date(2026, 8, 5))
    assert not isinstance(whole.bill, Refused)
    assert float(whole.bill.energy_kwh) == pytest.approx(whole.energy.kwh, abs=0.05)


@pytest.mark.parametrize(
    ("month", "start"), [(date(2026, 8, 1), date(2026, 7, 5)), (date(2026, 9, 1), date(2026, 8, 5))]
)
def test_a_month_is_the_one_in_which_the_meter_was_read(month: date, start: date) -> None:
    assert make(month=month).energy.start == start


def test_a_calendar_month_where_the_meter_is_read_on_the_first() -> None:
    report = make(replace(SITE, billing_day=1), month=date(2026, 7, 1))
    assert (report.energy.start, report.energy.end) == (date(2026, 7, 1), date(2026, 8, 1))


def test_a_month_without_readings_is_refused() -> None:
    with pytest.raises(InputError, match="no reading"):
        make(month=date(2026, 2, 1))


@pytest.mark.parametrize("locale", ["es", "en"])
def test_one_file_that_fetches_nothing(whole: MonthReport, locale: str) -> None:
    html = render_report(whole, {}, locale, again="kanchay report --site casa")
    found = checked(html)
    assert found.fetched == []
    assert found.headings == 1
    assert "url(" not in html
    assert len(html.encode()) < 150 * 1024
    assert "Casa &lt;b&gt;&amp; Co&lt;/b&gt;" in html
    assert "@media print" in html
    assert "@media screen and (prefers-color-scheme:dark)" in html
    assert "kanchay report --site casa" in html


def test_what_it_says_is_the_bill(whole: MonthReport) -> None:
    html = render_report(whole, {}, "es").replace("\u00a0", " ")
    assert not isinstance(whole.bill, Refused)
    assert f"S/ {whole.bill.total}" in html
    assert "Total a pagar" in html
    assert "escrito de tu recibo" in html
    assert "coincide con recibos" in html


def test_gaps_stay_gaps() -> None:
    report = make(missing_days=(10, 11))
    assert [d.kwh for d in report.energy.days[9:13]].count(None) == 2
    assert report.energy.whole_days == 29
    html = render_report(report, {}, "es")
    assert html.count('class="well"') == 1  # two days side by side are one stretch
    assert "29 de 31" in html
    assert "esas horas las estimamos" in html


def test_a_refused_bill_says_why() -> None:
    html = render_report(make(replace(SITE, tariff_id=None)), {}, "es")
    assert "el local aún no tiene tarifa" in html
    assert "Total a pagar" not in html
    gap = make(missing_days=tuple(range(8)))
    assert gap.bill == Refused("bill.gap", gap.bill.message) if isinstance(gap.bill, Refused) else False
    assert "faltan demasiadas lecturas" in render_report(gap, {}, "es")


def test_missing_lighting_is_said() -> None:
    html = render_report(make(replace(SITE, tariff_parameters=())), {}, "en")
    assert "street lighting" in html.lower()
    report = make(replace(SITE, tariff_parameters=()))
    assert not isinstance(report.bill, Refused)
    assert "lighting.unknown" in report.bill.warnings


def test_both_languages_have_the_same_words_and_places() -> None:
    es, en = (json.loads((LOCALES / f"report.{name}.json").read_text("utf-8")) for name in ("es", "en"))
    assert es.keys() == en.keys()
    for key in es:
        assert set(re.findall(r"{(\w+)}", es[key])) == set(re.findall(r"{(\w+)}", en[key])), key


def test_every_word_of_the_template_is_known() -> None:
    folder = LOCALES.parent
    used = set()
    for name in ("report.py", "report_ahead.py", "templates/report.html"):
        used |= set(re.findall(r"\bt\(['\"]([\w.]+)['\"]", (folder / name).read_text("utf-8")))
    known = json.loads((LOCALES / "report.es.json").read_text("utf-8"))
    assert used
    assert used <= known.keys()


def test_from_a_file_on_the_command_line(tmp_path: Path) -> None:
    rows = ["timestamp,energy_kwh"]
    rows += [
        f"2026-08-{day:02d} {hour:02d}:00,0.{2 + hour % 3}" for day in range(1, 32) for hour in range(24)
    ]
    meter, out = tmp_path / "meter.csv", tmp_path / "report.html"
    meter.write_text("\n".join(rows) + "\n", "utf-8")
    result = CliRunner().invoke(
        cli,
        ["report", "--input", str(meter), "--tz", LIMA, "--country", "PE", "--locale", "en", "--out", str(out),
         "--tariff", "pe.luz_del_sur.lima_sur.bt5b_nores", "--param", "alumbrado=8.82", "--billing-day", "1"],
    )  # fmt: skip
    assert result.exit_code == 0, (result.output, result.exception)
    html = out.read_text("utf-8")
    checked(html)
    assert "August: 223.2" in html.replace("\u00a0", " ")
    assert str(tmp_path) not in html


@pytest.mark.parametrize("args", [("--site", "x", "--tariff", "y"), ("--site", "x", "--month", "2026-13")])
def test_mistyped_commands(args: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["--home", str(tmp_path), "report", *args, "--out", str(tmp_path / "x.html")]
    )
    assert result.exit_code == 2
    assert not (tmp_path / "x.html").exists()
