"""How far a long piece of work is, told to whoever listens, and the way to stop it.

Work says where it stands at every step that takes a while; a listener that raises `Stopped` ends it there. Nobody has
to listen: then a step costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["Listener", "Stopped", "listening", "report", "stepped"]

T = TypeVar("T")

#: Told the stage ("open", "rows", "series") and the share of it that is done, None where nobody can say.
Listener = Callable[[str, float | None], None]

_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


class Stopped(BaseException):
    """Somebody no longer wants the result. No error of the work itself: nothing that mends errors must catch it."""


def report(stage: str, share: float | None = None) -> None:
    """Say where the work stands.

    Parameters
    ----------
    stage : str
        What is being done.
    share : float, optional
        How much of the stage is done, 0 to 1. [-]

    Raises
    ------
    Stopped
        Whoever listens no longer wants the result.

    Examples
    --------
    >>> told = []
    >>> with listening(lambda stage, share: told.append((stage, share))):
    ...     report("rows", 0.5)
    >>> told
    [('rows', 0.5)]
    """
    listener = _listener.get()
    if listener is not None:
        listener(stage, share)


def stepped(stage: str, items: Sequence[T], *, since: float = 0.0, until: float = 1.0) -> Iterator[T]:
    """The items one by one, with a report before each.

    Parameters
    ----------
    stage : str
        What is being done.
    items : sequence
        What it is done to.
    since, until : float, default 0 and 1
        The part of the stage that they are. [-]

    Yields
    ------
    object
        Each item.

    Examples
    --------
    >>> list(stepped("series", ["a", "b"]))
    ['a', 'b']
    """
    for number, item in enumerate(items):
        report(stage, since + (until - since) * number / len(items))
        yield item


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear the reports of everything that is done inside, on this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
