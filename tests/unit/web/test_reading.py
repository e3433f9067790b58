"""Files being read: seen, shared between requests, stopped; and several files dropped at once."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from threading import Event

import pytest

from kanchay.domain.errors import FileRefused, NotFound
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import report
from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.import_many import FileRead
from kanchay.web.reading import Readings

HALF = [
    "Fecha;Energia (kWh)\n"
    + "".join(f"{d:02}/07/2026 {h:02}:00;0,{10 + h}\n" for d in days for h in range(24))
    for days in (range(13, 20), range(18, 28))
]


Found = tuple[FileRead, ...]


def result(_: Found = (), name: str = "a.csv") -> Found:
    return (FileRead(name, Recalled(ImportPreview(name, "csv.long", None, 0, ()), ImportOptions())),)


def counted() -> tuple[Readings, list[int], Callable[[Found], Found]]:
    """Readings, how often something was read, and what reads it."""
    made: list[int] = []

    def read(_: Found = ()) -> Found:
        made.append(1)
        return result()

    return Readings(), made, read


def test_what_is_read_is_held_for_the_next_question() -> None:
    readings, made, read = counted()
    first = readings.get("token", "casa", "unit=Wh", read).found()
    assert readings.get("token", "casa", "unit=Wh", read).found() is first
    readings.get("token", "casa", "unit=kWh", read).found()
    assert len(made) == 2
    readings.clear()
    readings.get("token", "casa", "unit=Wh", read).found()
    assert len(made) == 3


def test_a_result_too_large_to_hold_is_not_read_again_while_it_is_looked_at(monkeypatch) -> None:
    monkeypatch.setattr("kanchay.web.reading._HELD_READINGS", -1)
    readings, made, read = counted()
    first = readings.get("token", "casa", "unit=Wh", read).found()
    assert readings.get("token", "casa", "unit=Wh", read).found() is first
    readings.get("token", "casa", "unit=kWh", read).found()
    readings.get("token", "casa", "unit=kWh", read).found()
    readings.get("other", "casa", "", read).found()
    assert len(made) == 3
    readings.get("token", "casa", "unit=Wh", read).found()  # nobody looked at that one any more
    assert len(made) == 4
    monkeypatch.setattr("kanchay.web.reading._WATCHED_S", 0.0)
    readings.get("token", "casa", "unit=Wh", read).found()
    assert len(made) == 5


def test_how_far_it_is_never_goes_back() -> None:
    readings, steps, seen = Readings(), Event(), []

    def read(_: Found = ()) -> Found:
        for stage, share in (("open", 0.5), ("rows", 0.0), ("rows", 1.0), ("series", 0.5), ("rows", 0.1)):
            report(stage, share)
            seen.append(reading.share)
        steps.set()
        return result()

    started = Event()
    reading = readings.get("token", "casa", "x", lambda _: read() if started.wait(5) else result())
    started.set()
    reading.found()
    assert seen == pytest.approx([0.05, 0.1, 0.6, 0.8, 0.8])


def test_stopping_ends_the_work_itself() -> None:
    readings, begun, ended = Readings(), Event(), Event()

    def endless(_: Found) -> Found:
        try:
            while True:
                begun.set()
                report("rows", 0.5)
                time.sleep(0.005)
        finally:
            ended.set()

    reading = readings.get("token", "casa", "x", endless)
    assert begun.wait(5)
    readings.drop("token")
    assert ended.wait(5)
    with pytest.raises(NotFound):
        reading.found()


def test_what_was_read_before_is_handed_on_for_the_same_place_only() -> None:
    readings, handed = Readings(), []

    def read(before: Found) -> Found:
        handed.append([f.name for f in before])
        return result()

    for place, asked in (("casa", "a"), ("casa", "b"), ("oficina", "a")):
        readings.get("token", place, asked, read).found()
    assert handed == [[], ["a.csv"], []]


def test_another_answer_ends_what_is_read_under_the_first() -> None:
    readings, ended = Readings(), Event()

    def endless(_: Found) -> Found:
        try:
            while True:
                report("rows", 0.5)
                time.sleep(0.005)
        finally:
            ended.set()

    first = readings.get("token", "casa", "unit=Wh", endless)
    assert readings.get("token", "casa", "unit=kWh", result).found()[0].name == "a.csv"
    assert ended.wait(5) or first.done.wait(5)
    with pytest.raises(NotFound):
        first.found()


def test_a_refusal_reaches_whoever_waits() -> None:
    def refused(_: Found) -> Found:
        raise FileRefused("It is a picture.", code="file.other_kind")

    with pytest.raises(FileRefused, match="picture"):
        Readings().get("token", "casa", "x", refused).found()


def test_no_more_is_held_than_there_is_room_for(monkeypatch) -> None:
    monkeypatch.setattr("kanchay.web.reading._WATCHED_S", 0.0)
    readings, made = Readings(), []
    for number in range(20):
        readings.get(f"t{number}", "casa", "x", lambda _, n=number: made.append(n) or result()).found()
        time.sleep(0.001)
    readings.get("t0", "casa", "x", lambda _: made.append("again") or result()).found()
    assert made[-1] == "again"
    readings.get("t19", "casa", "x", lambda _: made.append("never") or result()).found()
    assert made[-1] == "again"


def send(client, *texts: str):
    path = "/sites/vacia/import"
    files = [(io.BytesIO(text.encode()), f"part {number}.csv") for number, text in enumerate(texts)]
    return client.post(path, path, {"file": files}, content_type="multipart/form-data")


def test_a_large_file_is_seen_while_it_is_read_and_can_be_stopped(fresh, monkeypatch) -> None:
    client, go, ended = fresh.client(), Event(), Event()

    def slow(*_: object) -> ImportPreview:
        try:
            while not go.wait(0.01):
                report("rows", 0.5)
        finally:
            ended.set()
        raise AssertionError("nobody waits for the end")

    imports = sys.modules["kanchay.web.pages.imports"]  # the package has a blueprint of that name
    monkeypatch.setattr(imports, "preview_file", slow)
    monkeypatch.setattr("kanchay.web.tasks._QUICK_S", 0.05)
    sent = send(client, HALF[0])
    page = client.get(sent.location).text
    assert "Leyendo tu archivo" in page
    assert 'http-equiv="refresh"' in page  # without script it is looked at again
    told = client.get(f"{sent.location}/progress").json
    assert told["done"] is False
    assert 0 < told["share"] < 1
    assert client.post(f"{sent.location}/cancel", sent.location).status_code == 303
    assert ended.wait(5)
    assert client.get(sent.location).status_code == 404


def test_nobody_else_sees_how_far_my_file_is(fresh) -> None:
    sent = send(fresh.client(), HALF[0])
    other = fresh.client("eva@example.org")
    assert other.get(f"{sent.location}/progress").status_code == 404
