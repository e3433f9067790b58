"""Every setting once: name, default, unit and help. Feeds validation, the docs and the settings page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kanchay.domain.errors import SettingError

__all__ = ["SETTINGS", "Setting", "Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; its environment variable is ``KANCHAY_`` and the name in capitals."""

    name: str
    default: str
    unit: str
    help: str

    @property
    def variable(self) -> str:
        return f"KANCHAY_{self.name.upper()}"


SETTINGS: Final = (
    Setting(
        "home", "~/.kanchay", "path", "Folder of the embedded product: store, records, secret key, models."
    ),
    Setting("host", "127.0.0.1", "address", "Address the web server listens on."),
    Setting("port", "8000", "number", "Port the web server listens on."),
    Setting("locale", "es", "language", "Language of pages until a user chooses: es or en."),
    Setting("model", "pretrained", "name", "Forecaster used unless another is named."),
    Setting(
        "registry",
        "",
        "address",
        "Where models are pushed to and pulled from: a folder, an fsspec URL or a hub's https address;"
        " empty: the folder registry of the home.",
    ),
    Setting("max_upload_mb", "64", "MB", "Largest file that is taken for import."),
    Setting("worker_interval", "5", "s", "Pause of the worker between two looks at the change feed."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, validated."""

    home: Path
    host: str
    port: int
    locale: str
    model: str
    max_upload_mb: int
    worker_interval: int
    registry: str = ""


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(
            f"Setting '{name}' is '{text}'.", hint=f"Give a whole number from {low} to {high}."
        )
    return int(text)


def read_settings(**given: str | None) -> Settings:
    """Settings from what is given, else the environment, else the defaults.

    Raises
    ------
    SettingError
        A value cannot be.
    """
    raw = {s.name: given.get(s.name) or os.environ.get(s.variable) or s.default for s in SETTINGS}
    if raw["locale"] not in ("es", "en"):
        raise SettingError(f"Setting 'locale' is '{raw['locale']}'.", hint="Give es or en.")
    return Settings(
        home=Path(raw["home"]).expanduser(),
        host=raw["host"],
        port=_whole("port", raw["port"], 0, 65535),
        locale=raw["locale"],
        model=raw["model"],
        max_upload_mb=_whole("max_upload_mb", raw["max_upload_mb"], 1, 2000),
        worker_interval=_whole("worker_interval", raw["worker_interval"], 1, 3600),
        registry=raw["registry"],
    )
