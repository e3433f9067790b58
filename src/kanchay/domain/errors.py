"""Errors that reach a user: what, where, how to mend.

KanchayError
├── InputError            what was handed in cannot be used
│   ├── FileRefused       a file: no meter data, empty, truncated, too large, a bomb, an unknown layout
│   ├── UnitError         a unit that does not fit its quantity
│   ├── TimeError         a time, a zone, a resolution or a horizon
│   └── ShapeError        arrays of unequal or wrong shape
├── NotFound              no such site, point, model, run …
├── Conflict              it exists already, or changed meanwhile
├── AccessDenied          outside the scope of whoever asks
├── BillRefused           a bill that cannot be priced, with a typed reason
├── NotEnoughData         too little history for an honest answer
├── BundleError           a saved model that cannot be trusted or read
│   └── BundleTampered    a file, hash or signature that does not match
├── Unreachable           another machine does not answer, or breaks off
├── SettingError          a setting with a value that cannot be
└── MissingExtra          an optional part that is not installed
"""

from __future__ import annotations

__all__ = [
    "AccessDenied",
    "BillRefused",
    "BundleError",
    "BundleTampered",
    "Conflict",
    "FileRefused",
    "InputError",
    "KanchayError",
    "MissingExtra",
    "NotEnoughData",
    "NotFound",
    "SettingError",
    "ShapeError",
    "TimeError",
    "UnitError",
    "Unreachable",
]


class KanchayError(Exception):
    """Base of all errors that are told to a user.

    Parameters
    ----------
    message : str
        One sentence: what is wrong and where.
    hint : str, optional
        One sentence: how to mend it.
    code : str, optional
        A stable word for programs and translations, for example ``"file.empty"``.

    Examples
    --------
    >>> str(KanchayError("Row 3 has no time.", hint="Name the time column: --map time=COLUMN."))
    'Row 3 has no time. Name the time column: --map time=COLUMN.'
    """

    default_code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.code = code or self.default_code


class InputError(KanchayError):
    """What was handed in cannot be used as it is."""

    default_code = "input"


class FileRefused(InputError):
    """A file that holds no meter data, or that is not safe to read."""

    default_code = "file"


class UnitError(InputError):
    """A unit that is unknown or does not fit its quantity."""

    default_code = "unit"


class TimeError(InputError):
    """A time, zone, resolution or horizon that cannot be read."""

    default_code = "time"


class ShapeError(InputError):
    """Arrays whose shapes do not fit each other."""

    default_code = "shape"


class NotFound(KanchayError):
    """Something that was asked for by name is not there."""

    default_code = "not_found"


class Conflict(KanchayError):
    """It exists already, or somebody changed it meanwhile."""

    default_code = "conflict"


class AccessDenied(KanchayError):
    """Whoever asks may not see or do this."""

    default_code = "denied"


class BillRefused(KanchayError):
    """A bill that cannot be priced; `code` holds the typed reason, for example ``"bill.gap"``."""

    default_code = "bill"


class NotEnoughData(KanchayError):
    """Too little history for an honest answer."""

    default_code = "not_enough_data"


class BundleError(KanchayError):
    """A saved model that cannot be read or trusted."""

    default_code = "bundle"


class BundleTampered(BundleError):
    """A file, hash or signature of a saved model does not match its manifest."""

    default_code = "bundle.tampered"


class Unreachable(KanchayError):
    """Another machine does not answer, or breaks off in the middle."""

    default_code = "unreachable"


class SettingError(KanchayError):
    """A setting has a value that cannot be."""

    default_code = "setting"


class MissingExtra(KanchayError):
    """An optional part is not installed; the message holds the exact command."""

    default_code = "missing_extra"

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(
            f"This needs the package '{package}', which is not installed.",
            hint=f"Install it with: pip install 'kanchay[{extra}]'.",
        )
