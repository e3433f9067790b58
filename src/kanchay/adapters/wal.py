"""SQLite's write-ahead log, turned on also while others open the same new file."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

__all__ = ["write_ahead"]

_PATIENCE_S: Final = 10.0
_PAUSE_S: Final = 0.02


def write_ahead(connection: Any) -> None:
    """Turn the log on; SQLite's own time-out does not cover this switch, so it is tried again for a while."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)
