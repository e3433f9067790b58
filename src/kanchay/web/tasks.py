"""Work that takes longer than a request: on a thread of its own, with how far it is and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Generic, TypeVar

from kanchay.domain.errors import NotFound
from kanchay.services.progress import Stopped, listening, overall

__all__ = ["Task"]

_QUICK_S = 1.2  # what is done within this time needs no page of its own
T = TypeVar("T")


@dataclass
class Task(Generic[T]):
    """One piece of work; `share` is how much of it is done, 0 to 1."""

    token: str
    share: float = 0.0
    result: T | None = None
    error: BaseException | None = None
    begun: float = field(default_factory=time.monotonic)
    done: Event = field(default_factory=Event)
    stopping: Event = field(default_factory=Event)

    def start(self, work: Callable[[], T]) -> None:
        """Do it on a thread, in the context of whoever asks."""
        Thread(target=copy_context().run, args=(self.run, work), daemon=True).start()

    def run(self, work: Callable[[], T]) -> None:
        """Do it here and now; what it raises is told to whoever waits, on their own thread."""
        try:
            with listening(self.hear):
                self.hear("", 0.0)
                self.result = work()
        except BaseException as error:
            self.error = error
        finally:
            self.done.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is done within that time."""
        return self.done.wait(seconds)

    def soon(self) -> bool:
        """Whether it is done so soon that nobody has to be shown how far it is."""
        return self.wait(_QUICK_S)

    @property
    def stopped(self) -> bool:
        """Whether it ended because somebody stopped it."""
        return self.done.is_set() and isinstance(self.error, Stopped)

    def found(self) -> T:
        """The result; raises what the work raised, or `NotFound` where it was stopped."""
        self.done.wait()
        if isinstance(self.error, Stopped):
            raise NotFound("That work was stopped.", hint="Send the file again.", code="upload.gone")
        if self.error is not None:
            raise self.error
        if self.result is None:
            raise AssertionError("work that is done has a result or an error")
        return self.result

    def hear(self, stage: str, share: float | None) -> None:
        """Take note of a report; raises `Stopped` where nobody waits any more."""
        if self.stopping.is_set():
            raise Stopped
        self.share = max(self.share, overall(stage, share) or 0.0)
