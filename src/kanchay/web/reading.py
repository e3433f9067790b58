"""Files being read: a thread each, how far it is, a way to stop it, and the result for a while.

What is read stays for the next question about the same file, so that *save* does not read it again; a few results only.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Final

from kanchay.domain.errors import NotFound
from kanchay.services.progress import Stopped, listening
from kanchay.services.readings.answers import Recalled

__all__ = ["Reading", "Readings"]

_AT_ONCE: Final = 2  # files that are read at the same time; others wait
_HELD: Final = 6
_HELD_READINGS: Final = 4_000_000  # of all results that are held, about 25 bytes each
_KEPT_S: Final = 900.0
_SHARES: Final = {"open": (0.0, 0.1), "rows": (0.1, 0.6), "series": (0.6, 1.0)}

Read = Callable[[], Recalled]


@dataclass
class Reading:
    """One file on its way to a preview."""

    token: str
    share: float = 0.0
    result: Recalled | None = None
    error: BaseException | None = None
    begun: float = field(default_factory=time.monotonic)
    done: Event = field(default_factory=Event)
    stopping: Event = field(default_factory=Event)

    @property
    def n(self) -> int:
        """Readings that the result holds."""
        return sum(s.n for s in self.result.preview.series) if self.result else 0

    def wait(self, seconds: float) -> bool:
        """Whether it is done within that time."""
        return self.done.wait(seconds)

    def found(self) -> Recalled:
        """The result; raises what the reading raised, or `NotFound` where it was stopped."""
        self.done.wait()
        if isinstance(self.error, Stopped):
            raise NotFound("That reading was stopped.", hint="Send the file again.", code="upload.gone")
        if self.error is not None:
            raise self.error
        if self.result is None:
            raise AssertionError("a reading that is done has a result or an error")
        return self.result

    def hear(self, stage: str, share: float | None) -> None:
        """Take note of a report; raises `Stopped` where nobody waits any more."""
        if self.stopping.is_set():
            raise Stopped
        low, high = _SHARES.get(stage, (self.share, self.share))
        self.share = max(self.share, low + (high - low) * (share or 0.0))


class Readings:
    """The readings of a process by what was asked; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._room = BoundedSemaphore(_AT_ONCE)
        self._held: OrderedDict[Hashable, Reading] = OrderedDict()

    def get(self, token: str, asked: Hashable, read: Read) -> Reading:
        """The reading of an upload under these answers: the one that is held, or a new one on its way.

        An upload is read once at a time: what is still being read of it under other answers ends.
        """
        with self._lock:
            self._sweep()
            key = (token, asked)
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            for other in [k for k, r in self._held.items() if r.token == token and not r.done.is_set()]:
                self._held.pop(other).stopping.set()
            reading = self._held[key] = Reading(token)
        Thread(target=copy_context().run, args=(self._work, reading, read), daemon=True).start()
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

    def _work(self, reading: Reading, read: Read) -> None:
        with self._room:
            try:
                with listening(reading.hear):
                    reading.hear("open", 0.0)
                    reading.result = read()
            except BaseException as error:  # told to whoever waits, on their own thread
                reading.error = error
            finally:
                reading.done.set()

    def _sweep(self) -> None:
        """Let go of what is old, or too many or too much to hold; what is on its way stays."""
        now = time.monotonic()
        done = [k for k, r in self._held.items() if r.done.is_set()]
        held = 0
        for number, key in enumerate(reversed(done)):
            reading = self._held[key]
            held += reading.n
            if number >= _HELD or held > _HELD_READINGS or now - reading.begun > _KEPT_S:
                del self._held[key]
