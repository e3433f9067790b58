"""Damaged, hostile and huge files: told, never a crash, never long."""

from __future__ import annotations

import json
import random
import time
from copy import deepcopy
from typing import Any

import pytest

from kanchay.adapters.tariffs import FORMATS, Answers, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import KanchayError
from tests.unit.tariff_import.made import DORF, long_rate, operator, price, rate, swiss, unit_rates

RATE = rate(
    flatdemandstructure=[[{"rate": 11.5, "max": 20}, {"rate": 9}], [{"rate": 10}]], flatdemandmonths=[0, 1] * 6,
    flatdemandunit="kW", demandratchetpercentage=[0.5] * 12, dgrules="Net Billing Hourly", mincharge=10,
    minchargeunits="$/month", fueladjustmentsmonthly=[0.01] * 6 + [0.02] * 6, enddate=1767168000,
)  # fmt: skip
RATES = unit_rates("2025-01-06", [float(n % 37) for n in range(144)])
LONG = {"results": [long_rate("2025-01-01T00:00:00Z", None, 24.0)]}
QUARTERS = {
    "publication_timestamp": "2026-01-31T18:00:00+01:00",
    "prices": [
        {"start_timestamp": f"2026-02-{1 + n // 24:02d}T{n % 24:02d}:00:00+01:00",
         "end_timestamp": f"2026-02-{1 + (n + 1) // 24:02d}T{(n + 1) % 24:02d}:00:00+01:00",
         "grid": {"energy": {"unit": "CHF/kWh", "value": 0.1 + n / 1000}, "base": {"unit": "CHF/m", "value": 5}},
         "feed_in": [{"unit": "CHF_kWh", "value": 0.06}]}
        for n in range(48)
    ],
}  # fmt: skip
SAMPLES = {"urdb": RATE, "octopus": RATES, "swiss": DORF, "swiss-prices": QUARTERS}
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e300, 10**400, "", "x", "1e999999999", "NaN", [], {}, [[]], {"rate": {}}, "2025-13-45", 99,
    "\u0663", "9" * 5000, "24:00", -0.0, "Infinity", [None] * 12, [[0] * 24] * 12, [[7] * 24] * 12,
)  # fmt: skip


def answers() -> Answers:
    return Answers("xx.made.up", "America/Chicago", (), None)


def spoiled(document: Any, rng: random.Random) -> Any:
    """A copy with one to four places replaced, dropped or doubled."""
    copy = json.loads(json.dumps(document))
    for _ in range(rng.randint(1, 4)):
        node = copy
        while isinstance(node, dict | list) and node:
            key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
            if not isinstance(node[key], dict | list) or rng.random() < 0.2:
                break
            node = node[key]
        if not isinstance(node, dict | list) or not node:
            continue
        if rng.random() < 0.2:
            del node[key]
        else:
            node[key] = deepcopy(rng.choice(ODD))
    return copy


def survives(data: bytes, form: str) -> bool:
    """True where a valid tariff was made, False where the file was refused; anything else is a failure of ours."""
    began = time.process_time()
    try:
        made = read_tariffs(data, "spoiled.json", form=form, answers=answers())
    except KanchayError:
        return False
    else:
        assert all(parse_tariff(tariff.document).versions for tariff in made)
        return bool(made)
    finally:
        assert time.process_time() - began < 5.0


def check_spoiled(form: str, n: int, rng: random.Random) -> None:
    """Some places do not matter, and some do."""
    made = [survives(json.dumps(spoiled(SAMPLES[form], rng)).encode(), form) for _ in range(n)]
    assert 0.05 < sum(made) / len(made) < 1


@pytest.mark.parametrize("form", list(FORMATS))
def test_spoiled_places(form: str) -> None:
    check_spoiled(form, 200, random.Random(form))


@pytest.mark.parametrize("form", list(FORMATS))
def test_cut_and_flipped_bytes(form: str) -> None:
    rng = random.Random(form)
    whole = json.dumps(SAMPLES[form]).encode()
    for _ in range(60):
        cut = bytearray(whole[: rng.randrange(len(whole))])
        for _ in range(rng.randint(0, 5)):
            if cut:
                cut[rng.randrange(len(cut))] = rng.randrange(256)
        assert not survives(bytes(cut), form)  # its end is missing


@pytest.mark.slow
@pytest.mark.parametrize("form", list(FORMATS))
def test_many_spoiled_places(form: str) -> None:
    check_spoiled(form, 3_000, random.Random(f"{form} again"))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"items": [' + b"{}," * 5 + b"{}]}",
        b'{"tariffs": 3}', b'{"results": "x"}', b"{" * 5000, b'{"results": [NaN]}', b"1e400",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["", *FORMATS])
def test_no_tariff_at_all(data: bytes, form: str) -> None:
    with pytest.raises(KanchayError):
        read_tariffs(data, "odd.json", form=form, answers=answers())


def test_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(KanchayError, match="larger than"):
        read_tariffs(b" " * (17 * 1024 * 1024), "large.json")


def test_prices_a_century_apart_do_not_fill_the_memory() -> None:
    rows = RATES["results"] + [
        {**RATES["results"][0], "valid_from": "2999-01-01T00:00:00Z", "valid_to": "2999-01-01T00:30:00Z"}
    ]
    with pytest.raises(KanchayError, match="ten years"):
        read_tariffs(json.dumps({"results": rows}).encode(), "far.json", answers=answers())


def test_many_versions_are_read_and_very_many_refused() -> None:
    def monthly(n: int) -> bytes:
        rows = [
            long_rate(f"{1980 + k // 12}-{k % 12 + 1:02d}-01T00:00:00Z", None, 20 + k % 7) for k in range(n)
        ]
        return json.dumps({"results": rows}).encode()

    assert survives(monthly(400), "octopus")
    assert not survives(monthly(900), "octopus")


@pytest.mark.parametrize(
    ("form", "document", "made"),
    [
        ("urdb", {"items": RATE["items"] * 3000}, False),  # which of them is asked
        ("swiss", operator(swiss("grid", "G", {"energy": [price(0.1, "CHF/kWh")] * 50_000})), False),
        ("octopus", unit_rates("2015-01-01", [float(n % 97) for n in range(90_000)]), True),
    ],
)
def test_huge_files_end_soon(form: str, document: dict[str, Any], made: bool) -> None:
    assert survives(json.dumps(document).encode(), form) is made
