"""Large files inside gzip and zip: read as the plain one, from a temporary file without a name, bounded, stoppable."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.files import unpacking
from kanchay.adapters.files.container import Limits, recognise
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.services.progress import Stopped, listening

Read = Callable[..., ImportPreview]
MB = 1 << 20
N = 10_000
VALUES = np.random.default_rng(4).gamma(2.0, 0.02, N).round(4)
TIMES = (np.datetime64("2024-01-01T00:00") + np.arange(N)).astype(str)
ROWS = "".join(
    f"{t.replace('T', ' ')};{v:.4f}\n".replace(".", ",") for t, v in zip(TIMES, VALUES, strict=True)
)
TEXT = f"Año;x\n\nFecha y hora;Energía (kWh)\n{ROWS}"


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def open_files() -> int:
    """How many files this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def told(preview: ImportPreview) -> tuple[object, ...]:
    (series,) = preview.series
    assert series.observations is not None
    return (series.n, series.total, series.start, series.end, preview.encoding, preview.questions,
            series.observations.value.tobytes(), series.observations.start.tobytes())  # fmt: skip


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Only a kilobyte is unpacked in memory; the temporary folder is one that can be looked into."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(unpacking, "_IN_MEMORY", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("packing", ["gzip", "zip", "gzip in zip"])
def test_read_from_a_temporary_file_as_the_plain_one(encoding, packing, read, little_memory):
    data = TEXT.encode(encoding)
    packed = {"gzip": gzip.compress(data), "zip": zipped(("a.csv", data)),
              "gzip in zip": zipped(("a.csv.gz", gzip.compress(data)))}[packing]  # fmt: skip
    held = recognise(packed, "a", Limits())
    assert not isinstance(held.data, bytes)  # it is a map, so the test looks at what it means to
    plain, found = (read(d, name="a.bin", tz="America/Lima") for d in (data, packed))
    assert told(plain) == told(found)
    assert told(plain)[1] == pytest.approx(VALUES.sum())
    del held
    assert not list(little_memory.iterdir())


def test_several_files_of_a_zip_wait_outside_of_memory(read, little_memory):
    half = len(ROWS) // 2 + ROWS[len(ROWS) // 2 :].index("\n") + 1
    head = "Fecha y hora;Energía (kWh)\n"
    found = read(zipped(("a.csv", (head + ROWS[:half]).encode()), ("b.csv", (head + ROWS[half:]).encode())),
                 name="a.zip", tz="America/Lima")  # fmt: skip
    assert (found.series[0].n, found.series[0].total) == (N, pytest.approx(VALUES.sum()))
    assert not list(little_memory.iterdir())


@pytest.mark.parametrize("damage", ["cut", "bad", "bomb", "stopped", "full"])
def test_nothing_is_left_behind(damage, read, little_memory, monkeypatch):
    data = gzip.compress(TEXT.encode())
    opened = open_files()
    if damage == "stopped":
        heard = []

        def stop(stage: str, share: float | None) -> None:
            heard.append((stage, share))
            if len(heard) > 1:
                raise Stopped

        with listening(stop), pytest.raises(Stopped):
            read(data, name="a.gz")
        assert [stage for stage, _ in heard] == ["open", "open"]
    else:
        made = {"cut": data[:-4000], "bad": data[:3000] + b"\xff" * 50 + data[3050:], "full": data,
                "bomb": gzip.compress(bytes(40 * MB))}[damage]  # fmt: skip
        if damage == "full":
            monkeypatch.setattr(
                tempfile, "TemporaryFile", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full"))
            )
        with pytest.raises(FileRefused) as refused:
            read(made, name="a.gz")
        code = {"cut": "truncated", "bad": "truncated", "bomb": "bomb", "full": "no_room"}[damage]
        assert refused.value.code == f"file.{code}"
    assert not list(little_memory.iterdir())
    assert open_files() <= opened


def test_what_unpacks_too_far_is_refused_by_size_and_by_ratio():
    small = Limits(max_unpacked=2 * MB, max_whole=MB)
    data = np.random.default_rng(1).integers(48, 58, 3 * MB, dtype=np.uint8).tobytes()
    for packed in (gzip.compress(data, 1), zipped(("a.csv", data))):
        with pytest.raises(FileRefused, match="more than the 2 MB"):
            recognise(packed, "a", small)
    two = zipped(("a.csv", data[:MB]), ("b.csv", data[: MB // 2]))
    with pytest.raises(FileRefused, match="more than the 1 MB"):
        recognise(two, "a", small)
    zeros = b"2024-01-01 00:00;0\n" * (3 * MB)
    for packed in (gzip.compress(zeros, 9), zipped(("a.csv", zeros))):
        with pytest.raises(FileRefused, match="200 times"):
            recognise(packed, "a", Limits())


def test_archives_in_archives_are_passed_over_unopened(read):
    """Sixteen zips in each of sixteen zips would keep the reader busy for ever."""
    inner = zipped(("a.csv", b"0" * MB))
    for _ in range(12):
        inner = zipped(*((f"{i}.zip", inner) for i in range(4)))
    with pytest.raises(FileRefused):
        read(inner, name="a.zip")
    good = zipped(("a.csv", TEXT.encode()), ("more.zip", inner))
    assert read(good, name="a.zip", tz="UTC").series[0].n == N


def test_a_workbook_alone_in_a_zip_is_read(read):
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [["t", "kWh"], *[[f"2024-01-01 {h:02d}:00", h * 7 % 24 + 0.5] for h in range(24)]]:
        book.active.append(row)
    book.save(out)
    found = read(zipped(("a.xlsx", out.getvalue())), name="a.zip", tz="UTC")
    assert (found.series[0].n, found.series[0].total) == (24, pytest.approx(288))
