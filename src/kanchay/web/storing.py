"""Imports being stored: one a time for each upload, with how far it is; stopped, nothing of it stays.

What was stored stays known for a while, so that whoever comes back late is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from kanchay.services.ports.records import ImportRecord
from kanchay.services.progress import Stopped
from kanchay.web.tasks import Task

__all__ = ["Storing", "Storings"]

_KEPT_S: Final = 3600.0
_PATIENCE_S: Final = 20.0  # what was stopped has to be taken back first
_WRITING: Final = 0.9  # of the time; the rest looks at what is new

_log = logging.getLogger(__name__)

Stored = tuple[ImportRecord, ...]


@dataclass
class Storing(Task[Stored]):
    """The files of one upload on their way into the store."""

    site_id: str = ""
    owner: str = ""
    n: int = 0  # readings
    written: bool = False  # from here on it is stored, and only undone
    told: bool = False  # somebody was told how it ended

    @property
    def in_vain(self) -> bool:
        """Whether it ended without storing anything: it may be tried again."""
        return self.done.is_set() and self.result is None

    def stop(self) -> None:
        """Store nothing of it after all, unless all of it is stored already; waits until that is settled."""
        self.stopping.set()
        self.wait(_PATIENCE_S)

    def hear(self, stage: str, share: float | None) -> None:
        """Take note of a report; raises `Stopped` until all is written."""
        if self.stopping.is_set() and not self.written:
            raise Stopped
        done = 1.0 if self.written else share or 0.0
        self.share = max(self.share, _WRITING * done)


class Storings:
    """What is being stored in a process, by upload; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, Storing] = {}

    def begin(
        self, token: str, place: tuple[str, str, int], store: Callable[[], Stored], after: Callable[[], None]
    ) -> Storing:
        """The storing of an upload, begun now or under way already: a second press of the button stores nothing twice.

        `place` is the site, who stores, and how many readings; `after` runs once all is written, and cannot be stopped.
        """
        with self._lock:
            self._sweep()
            known = self._held.get(token)
            if known is not None and not known.in_vain:
                return known
            storing = self._held[token] = Storing(token, site_id=place[0], owner=place[1], n=place[2])

        def work() -> Stored:
            done = store()
            storing.written = True
            try:
                after()
            except Exception:  # it is stored, whatever looking at it brings
                _log.exception("after an import into %s", storing.site_id)
            return done

        storing.start(work)
        return storing

    def find(self, token: str, owner: str) -> Storing | None:
        """The storing of an upload, for whoever began it."""
        found = self._held.get(token)
        return found if found is not None and found.owner == owner else None

    def drop(self, token: str) -> None:
        """Forget one that ended without storing anything: it may be tried again."""
        with self._lock:
            self._held.pop(token, None)

    def _sweep(self) -> None:
        now = time.monotonic()
        for token in [t for t, s in self._held.items() if s.done.is_set() and now - s.begun > _KEPT_S]:
            del self._held[token]
