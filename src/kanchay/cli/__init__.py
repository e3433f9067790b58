"""`kanchay VERB`: how the process begins, and how Ctrl-C ends it at any moment. The verbs are in `kanchay.cli.verbs`.

Next to nothing is imported here, and the verbs when they are first used, so that no Ctrl-C comes too early.
"""

from __future__ import annotations

import signal
import sys

TYPE_CHECKING = False  # as in `typing`, which takes several times as long to import as all of this
if TYPE_CHECKING:
    from typing import Any

    from kanchay.cli.verbs import HELP, VERBS, cli

__all__ = ["HELP", "VERBS", "cli", "main"]


class CtrlC(KeyboardInterrupt):
    """It was pressed.

    A bare KeyboardInterrupt that leaves an `exec` of text, as where a dataclass is made, ends the process by the
    signal in the end, however well it was handled: CPython notes it there (`_Py_UnhandledKeyboardInterrupt`).
    """


def _stop(*_: object) -> None:
    raise CtrlC


def main() -> None:
    """The whole process: exit 0 when it worked, 1 when it did not or was stopped, 2 for a mistyped command."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else a shell keeps it from us
    try:
        if heard:
            signal.signal(signal.SIGINT, _stop)
        from kanchay.cli.verbs import run

        run(sys.argv[1:])
    except KeyboardInterrupt:
        print("\nAborted!", file=sys.stderr)
        sys.exit(1)
    finally:
        if heard:  # all is done and said; only Python itself has something to put away
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kanchay.cli' has no attribute '{name}'")
    from kanchay.cli import verbs

    return getattr(verbs, name)
