"""Files being read: a thread each, how far it is, a way to stop it, and the result for a while.

What is read stays for the next question about the same files, so that *save* does not read them again; a few results
only.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Final

from kanchay.services.ports.readings import WriteResult
from kanchay.services.readings.import_many import FileRead
from kanchay.web.tasks import Task

__all__ = ["Reading", "Readings"]

_AT_ONCE: Final = 2  # uploads that are read at the same time; others wait
_HELD: Final = 6
_HELD_READINGS: Final = 4_000_000  # of all results that are held, about 25 bytes each
_KEPT_S: Final = 900.0
_WATCHED_S: Final = 60.0  # somebody who waits for a result asks for it more often than that

Found = tuple[FileRead, ...]
Read = Callable[[Found], Found]
Compare = Callable[[Found], WriteResult | None]


@dataclass
class Reading(Task[Found]):
    """The files of one upload on their way to a preview."""

    place: Hashable = None
    change: WriteResult | None = None  # what storing it would do, as seen when it was read
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def n(self) -> int:
        """Readings that the result holds."""
        return sum(f.found.preview.n for f in self.result or () if f.found is not None)


class Readings:
    """The readings of a process by what was asked; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._room = BoundedSemaphore(_AT_ONCE)
        self._held: OrderedDict[Hashable, Reading] = OrderedDict()

    def get(
        self, token: str, place: Hashable, asked: Hashable, read: Read, compare: Compare = lambda _: None
    ) -> Reading:
        """The reading of an upload for a place under these answers: the one that is held, or a new one on its way.

        An upload is read once at a time: what is still being read of it under other answers ends. `read` is handed what
        was read of it before for the same place; `compare` says what storing it would change.
        """
        with self._lock:
            self._sweep()
            key = (token, place, asked)
            if key in self._held:
                self._held.move_to_end(key)
                self._held[key].asked_at = time.monotonic()
                return self._held[key]
            mine = [(k, r) for k, r in self._held.items() if r.token == token]
            for other in [k for k, r in mine if not r.done.is_set()]:
                self._held.pop(other).stopping.set()
            same = [r.result for _, r in mine if r.place == place and r.result is not None]
            reading = self._held[key] = Reading(token, place=place)

        def work() -> Found:
            with self._room:
                found = read(same[-1] if same else ())
                reading.change = compare(found)
                return found

        reading.start(work)
        return reading

    def drop(self, token: str) -> None:
        """Stop what is read of an upload and forget what was."""
        with self._lock:
            for key in [k for k, r in self._held.items() if r.token == token]:
                self._held.pop(key).stopping.set()

    def clear(self) -> None:
        """Forget what is done: what was remembered about files has changed."""
        with self._lock:
            for key in [k for k, r in self._held.items() if r.done.is_set()]:
                del self._held[key]

    def _sweep(self) -> None:
        """Let go of what is old, or too many or too much to hold; what is on its way, or looked at now, stays.

        However large a result is, whoever waits for it sees it: else it would be read again and again.
        """
        now = time.monotonic()
        newest = {r.token: r for r in self._held.values()}
        done = [k for k, r in self._held.items() if r.done.is_set()]
        held = 0
        for number, key in enumerate(reversed(done)):
            reading = self._held[key]
            held += reading.n
            watched = reading is newest[reading.token] and now - reading.asked_at < _WATCHED_S
            if not watched and (number >= _HELD or held > _HELD_READINGS or now - reading.begun > _KEPT_S):
                del self._held[key]
