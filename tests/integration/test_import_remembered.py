"""What was said about numbers is taken for the next file of the same series, not for another sensor of that layout."""

from __future__ import annotations

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.point import Site
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.answers import answers_of, recall, with_answers
from kanchay.services.readings.import_file import preview_file, store_import

SITE = Site("casa", "Casa", tz="America/Lima")
SAID = {"unit": "Wh", "direction": "consumption", "label": "end"}


def months(name: str, month: int, scale: float) -> str:
    """A long table of a sensor and its twin, as a hub writes it: nothing tells unit, direction or label."""
    rows = (
        f"{d:02d}/{month:02d}/2026 {h:02d}:00,{sensor},{scale * (1 + (d * h) % 7):.4f}"
        for d in range(1, 13)
        for h in range(24)
        if (1, 5) <= (d, h) <= (12, 17)  # neither end tells what the times mark
        for sensor in (name, f"{name} 2")
    )
    return "\n".join(["time,entity_id,state", *rows])


@pytest.fixture
def casa(tmp_path):
    """``casa(text)`` recalls a file, ``casa(text, said)`` stores it under answers too."""
    ctx, scope = in_memory(clock=lambda: 1_800_000_000), operator_scope()
    create_site(ctx, scope, SITE)

    def bring(text, said=None):
        path = tmp_path / "a.csv"
        path.write_text(text)

        def read(options):
            return preview_file(ctx, path, options)

        found = recall(ctx, scope, SITE, ImportOptions(), read)
        if said is not None:
            options = with_answers(found.options, said)
            store_import(ctx, scope, SITE.id, read(options), answers=answers_of(options))
        return found

    yield bring
    ctx.readings.close()


def test_the_next_month_of_a_sensor_takes_what_was_said(casa):
    casa(months("freezer", 5, 80), SAID)
    later = casa(months("freezer", 6, 25))
    assert dict(later.answers)["unit"] == "Wh"
    assert {s.source_unit for s in later.preview.series} == {"Wh"}


@pytest.mark.parametrize(("name", "scale"), [("boiler", 80), ("freezer", 0.08), ("freezer", 80_000)])
def test_another_sensor_or_another_size_is_asked_anew(casa, name, scale):
    casa(months("freezer", 5, 80), SAID)
    later = casa(months(name, 6, scale))
    assert "unit" not in dict(later.answers)
    assert "unit" in {q.code for q in later.preview.questions}


def test_what_is_of_the_layout_is_taken_for_every_sensor(casa):
    casa(months("freezer", 5, 80), SAID)
    later = casa(months("boiler", 6, 0.08))
    assert dict(later.answers) == {"label": "end"}


def test_a_column_is_told_for_its_sensor_alone(casa):
    casa(months("freezer", 5, 80), {"column:state": "power", "unit:state": "W", "label": "end"})
    assert {s.source_unit for s in casa(months("freezer", 6, 90)).preview.series} == {"W"}
    other = casa(months("boiler", 6, 0.08))
    assert not any(code.startswith("column:") for code, _ in other.answers)
