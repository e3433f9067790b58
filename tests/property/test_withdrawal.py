"""After imports, direct writes and undos in any order a store holds what the writes that still count would have left."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Readings
from tests.property.test_revisions import OPERATOR, T0, TZ, as_dict, readings_of, stores

# A step: (which source writes, rows) or (which of the sources so far is taken away, None). Source 0 is a direct write.
row = st.tuples(st.integers(0, 12), st.sampled_from([1, 1, 2]), st.integers(0, 2), st.integers(0, 1))
rows_of = st.lists(row, min_size=1, max_size=8, unique_by=lambda r: r[0])
step = st.tuples(st.integers(0, 5), st.one_of(st.none(), rows_of, rows_of))
history = st.lists(step, min_size=1, max_size=14)


class Replay:
    """Every write in its order, and from scratch what the live ones leave."""

    def __init__(self) -> None:
        self.writes: list[tuple[str, dict]] = []

    def withdraw(self, source: str) -> None:
        self.writes = [w for w in self.writes if w[0] != source]

    @property
    def state(self) -> dict:
        held: dict = {}
        for _, rows in self.writes:
            held |= rows
        return held


def as_observed(readings: Readings) -> Observations:
    return Observations(readings.point_id, readings.start, readings.end, readings.value, readings.quality)


@given(history=history)
@settings(max_examples=30, deadline=None)
def test_what_was_withdrawn_was_never_there(history):
    with stores() as both:
        for store in both:
            store.register(OPERATOR, [Point("m", "s", "Meter")], TZ, organisation_id="org")
            model, seen_at = Replay(), []
            for now, (who, rows) in enumerate(history, start=1):
                name = f"import-{who}" if who else ""
                if rows is None:
                    store.withdraw(OPERATOR, name, recorded_at=now)
                    model.withdraw(name) if name else None
                else:
                    name = (
                        f"{name}-{now}" if name and who > 2 else name
                    )  # some write once, some again and again
                    readings = readings_of(rows)
                    observed = [as_observed(readings)] if who % 2 else []
                    store.append(OPERATOR, [readings], recorded_at=now, source=name, observations=observed)
                    model.writes.append((name, as_dict(readings)))
                assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40)) == model.state
                seen_at.append((now, model.state))
            for now, state in seen_at:  # what was known then is still known to have been known
                assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40, as_of=now)) == state
            held = store.spans(OPERATOR, ["m"])
            assert (held["m"].n if held else 0) == len(model.state)


@given(history=history, joins=rows_of, at=st.integers(0, 12))
@settings(max_examples=15, deadline=None)
def test_joins_never_stand_in_for_a_reading_and_both_stores_agree(history, joins, at):
    with stores() as both:
        ends = []
        for store in both:
            store.register(OPERATOR, [Point("m", "s", "Meter")], TZ, organisation_id="org")
            model = Replay()
            for now, (who, rows) in enumerate(history, start=1):
                name = f"import-{who}"
                if rows is None:
                    store.withdraw(OPERATOR, name, recorded_at=now)
                    model.withdraw(name)
                else:
                    store.append(OPERATOR, [readings_of(rows)], recorded_at=now, source=name)
                    model.writes.append((name, as_dict(readings_of(rows))))
                wanted = [j for j in joins if j[0] < at]
                laid = readings_of(wanted) if wanted else Readings.empty("m")
                store.join(OPERATOR, laid, T0, T0 + 900 * at, recorded_at=now)
                assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40)) == as_dict(laid) | model.state
            store.join(OPERATOR, Readings.empty("m"), 0, 1 << 40, recorded_at=99)
            assert as_dict(store.read(OPERATOR, "m", 0, 1 << 40)) == model.state
            ends.append(store.stretches(OPERATOR, "m"))
        assert np.array_equal(*ends)
