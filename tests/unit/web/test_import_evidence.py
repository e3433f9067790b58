"""Why a column means what we say, in one line: never "assumed" where somebody told it."""

from __future__ import annotations

import pytest

from kanchay.domain.importing import ImportSeries
from kanchay.domain.point import Direction, Kind, Point
from kanchay.domain.units import Quantity
from kanchay.web.formats import Formats
from kanchay.web.i18n import Words
from kanchay.web.shell import Reader
from kanchay.web.views.import_evidence import evidence_line

R = Reader(Words("es"), Formats("es", "America/Lima"), 0)


def series(*evidence: str, own: Point | None = None) -> ImportSeries:
    return ImportSeries(
        "Medidor", Quantity.ELECTRIC_ENERGY, Direction.IMPORT, "kWh", Kind.INTERVAL, 900, "America/Lima",
        0, 900, 1, 0, 0, 1.0, evidence=evidence, own=own,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ((), "Unidad supuesta por el tamaño · sentido supuesto"),
        (("quantity: energia",), "Por la palabra «energia»"),
        (("quantity: k wh", "unit: header"), "Por la palabra «kWh» · unidad en el encabezado"),
        (("quantity: energia activa",), "Por la palabra «energia activa»"),
        (("quantity: home-assistant-statistics",), "Magnitud según home-assistant-statistics"),
    ],
)
def test_what_is_written_is_told_as_it_is_written(evidence: tuple[str, ...], said: str) -> None:
    assert evidence_line(series(*evidence), R).startswith(said)


def test_our_own_export_assumes_nothing() -> None:
    own = Point("casa.m", "casa", "Medidor", Quantity.ELECTRIC_ENERGY, "kWh", Kind.INTERVAL)
    assert evidence_line(series(own=own), R) == "Lo dice nuestra propia exportación"
