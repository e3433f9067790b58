"""Acknowledged means durable: a writer is killed in the middle of its work, and nothing it acknowledged is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.services.people.policy import operator_scope

# Writes batches for ever, and says so on stdout once each is acknowledged.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Readings
from kanchay.services.people.policy import operator_scope

scope, store = operator_scope(), SqliteReadingStore(Path(sys.argv[1]))
store.register(scope, [Point("m", "s", "M")], "America/Lima")
print("ready", flush=True)
batch = 0
while True:
    values = np.full(50, float(batch))
    readings = Readings.regular("m", batch * 50 * 60, 60, values)
    again = Readings.regular("m", 0, 60, np.full(10, float(batch)))  # revisions of the first ten, every time
    received = Observations("m", readings.start, readings.end, readings.value, readings.quality)
    store.append(scope, [readings, again], recorded_at=batch, observations=[received])
    print(batch, flush=True)
    batch += 1
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX systems")
@pytest.mark.parametrize("batches", [1, 7, 23])
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path, batches):
    path = tmp_path / "readings.sqlite"
    acknowledged = write_until_killed(path, batches)
    store, scope = SqliteReadingStore(path), operator_scope()
    readings = store.read(scope, "m", 0, 1 << 40)
    written = len(readings) // 50
    assert written >= acknowledged + 1
    assert len(readings) == written * 50, "a batch is there as a whole or not at all"
    assert readings.value[50:].reshape(-1, 50)[:, 0].tolist() == [float(b) for b in range(1, written)]
    assert set(readings.value[:10]) == {float(written - 1)}
    # Every revision on the way is there, and so are feed and observations.
    for batch in range(written):
        assert set(store.read(scope, "m", 0, 600, as_of=batch).value) == {float(batch)}
    assert len(store.observations(scope, "m", 0, 1 << 40)) == written * 50
    changes = store.changes(scope, 0, 10_000)
    assert {change.recorded_at for change in changes} == set(range(written))
    store.close()


def write_until_killed(path, batches) -> int:
    """The last batch that the writer acknowledged before it was killed."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().strip() == "ready"
        for _ in range(batches):
            process.stdout.readline()
        time.sleep(0.003)  # into the middle of something
    finally:
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.wait(10)
    heard = [int(line) for line in rest.split() if line.isdigit()]
    return max(heard, default=batches - 1)
