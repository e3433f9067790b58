"""Every value that records keep survives the way through its document and through JSON."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.adapters.records.codec import decode, encode
from kanchay.adapters.records.kinds import KINDS
from kanchay.domain.bill import Bill
from kanchay.domain.finding import Finding, Recommendation
from kanchay.domain.forecast import Forecast
from kanchay.domain.point import Organisation, Site, Term, VirtualPoint
from kanchay.domain.run import Run
from kanchay.domain.scope import Actor, Role
from kanchay.services.ports.records import AuditEntry, ImportRecord, User

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4)
st.register_type_strategy(Decimal, decimals)


def through(kind, value):
    return decode(kind, json.loads(json.dumps(encode(value), allow_nan=False)))


PLAIN = (Organisation, Site, Run, Finding, Recommendation, Bill, AuditEntry, ImportRecord, Actor, User, Term)


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.__name__)
def test_what_goes_in_comes_out(kind):
    @settings(max_examples=25, deadline=None)
    @given(st.from_type(kind))
    def check(value):
        again = through(kind, value)
        # A float that is NaN equals nothing, itself included: the text of both tells.
        assert again == value or repr(again) == repr(value)
        assert type(again) is kind

    check()


@settings(max_examples=25)
@given(st.lists(st.floats(), min_size=1, max_size=5))
def test_arrays_come_back_bit_for_bit(values):
    mean = np.array(values)
    forecast = Forecast("m", 0, 0, 3600, "kWh", mean, np.tile(mean[:, None], 9), "week", "run", ("a",))
    again = through(Forecast, forecast)
    assert np.array_equal(again.mean, mean, equal_nan=True)
    assert again.quantiles.shape == (len(values), 9)
    assert again.mean.dtype == np.float64
    assert again.notes == ("a",)


@given(decimals)
def test_money_keeps_its_places(amount):
    again = decode(Decimal, encode(amount))
    assert str(again) == str(amount)


def test_every_kept_kind_has_its_columns_in_its_document():
    for kind in KINDS:
        names = {field.name for field in dataclasses.fields(kind.holds)}
        assert {name for name, _ in kind.columns} <= names, kind.name


def test_a_document_of_an_older_version_takes_the_defaults_and_drops_what_is_unknown():
    document = {"id": "s", "name": "S", "colour_of_1999": "red"}
    assert decode(Site, document) == Site("s", "S")


def test_nested_tuples_sets_and_virtual_points():
    actor = Actor("a", "A", Role.MANAGER, "o", frozenset({"y", "x"}))
    assert encode(actor)["site_ids"] == ["x", "y"]
    assert through(Actor, actor) == actor
    from kanchay.domain.point import Point

    virtual = VirtualPoint(Point("v", "s", "V"), (Term(1, "a"), Term(-1, "b")))
    assert through(VirtualPoint, virtual) == virtual


def test_what_no_document_can_hold_is_an_error():
    for odd in (object(), b"bytes", 1j):
        with pytest.raises(TypeError):
            encode(odd)
    assert encode(date(2026, 1, 2)) == "2026-01-02"
    assert decode(datetime, encode(datetime(2026, 1, 2, 3))) == datetime(2026, 1, 2, 3)
