"""How far a long piece of work is, told to whoever listens, and the way to stop it.

Work says where it stands at every step that takes a while; a listener that raises `Stopped` ends it there. Nobody has
to listen: then a step costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

__all__ = ["Listener", "Stopped", "counted", "listening", "overall", "part_of", "report", "stepped"]

T = TypeVar("T")
_READING: Final = {
    "open": (0.0, 0.1),
    "rows": (0.1, 0.6),
    "series": (0.6, 1.0),
}  # of the time that a file takes

#: Told the stage ("open", "rows", "series", "store") and the share of it that is done, None where nobody can say.
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


def counted(stage: str, total: int) -> Callable[[int], None]:
    """A stage of so many equal steps: call what comes back with how many more are done.

    Parameters
    ----------
    stage : str
        What is being done.
    total : int
        All steps. [-]

    Returns
    -------
    callable
        Takes the number of steps that were done since the last call, and reports.

    Examples
    --------
    >>> told = []
    >>> with listening(lambda stage, share: told.append(share)):
    ...     done = counted("store", 8)
    ...     done(2)
    ...     done(6)
    >>> told
    [0.0, 0.25, 1.0]
    """
    so_far = 0
    report(stage, 0.0)

    def done(n: int) -> None:
        nonlocal so_far
        so_far += n
        report(stage, min(1.0, so_far / max(total, 1)))

    return done


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear the reports of everything that is done inside, on this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def part_of(since: float, until: float) -> Iterator[None]:
    """Make what is done inside one part of a whole: how far it is, is told as a share of that whole, of no stage.

    Parameters
    ----------
    since, until : float
        The part, 0 to 1. [-]
    """
    outer = _listener.get()
    if outer is None:
        yield
        return

    def hear(stage: str, share: float | None) -> None:
        told = overall(stage, share)
        outer("", None if told is None else since + (until - since) * told)

    with listening(hear):
        yield


def overall(stage: str, share: float | None) -> float | None:
    """How far a whole piece of work is that stands there, by what its stages usually take.

    Parameters
    ----------
    stage : str
        As reported: those of reading a file follow each other, any other is the whole.
    share : float or None
        Of the stage. [-]

    Returns
    -------
    float or None
        Of the whole; None where nobody can say. [-]

    Examples
    --------
    >>> overall("series", 0.5)
    0.8
    >>> overall("store", 0.5)
    0.5
    """
    low, high = _READING.get(stage, (0.0, 1.0))
    if share is None:
        return low if stage in _READING else None
    return low + (high - low) * share
