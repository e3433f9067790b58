"""Every named format, one row each; the first that recognises a file reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from kanchay.adapters.files.formats import (
    ashrae,
    bdg2,
    coes,
    dsmr_reader,
    emhass,
    enphase,
    espi,
    grafana,
    ha_energy,
    ha_history,
    ha_statistics,
    homewizard,
    ide,
    influx,
    influx_dashboard,
    loadprofile,
    nem,
    oedi,
    openei_typical,
    p1,
    sense,
    shelly,
    solaredge,
    tasmota,
    toa5,
    ubl,
    uci_household,
    victoria,
)
from kanchay.adapters.files.formats.statement import TextFormat
from kanchay.adapters.files.profiles import Profile
from kanchay.adapters.files.unpacking import Data
from kanchay.adapters.files.words import normal

__all__ = ["TABLES", "TEXTS", "find_format", "find_profile"]

# Told by how a file begins; they read the whole file.
TEXTS: Final[tuple[TextFormat, ...]] = (
    espi.FORMAT,
    ubl.FORMAT,
    nem.FORMAT,
    p1.FORMAT,
    ha_energy.FORMAT,
    ha_statistics.FORMAT,
    openei_typical.FORMAT,
    influx.FORMAT,
    loadprofile.FORMAT,
    tasmota.FORMAT,
    toa5.FORMAT,
    emhass.FORMAT,
)
# Told by the names of columns; they complete what is read as any other table.
TABLES: Final[tuple[Profile, ...]] = (
    uci_household.PROFILE,
    coes.PROFILE,
    solaredge.PROFILE,
    enphase.PROFILE,
    enphase.TELEMETRY,
    shelly.PROFILE,
    emhass.PROFILE,
    *bdg2.PROFILES,
    ashrae.PROFILE,
    oedi.PROFILE,
    ha_history.PROFILE,
    homewizard.PROFILE,
    sense.PROFILE,
    ide.PROFILE,
    victoria.PROFILE,
    *dsmr_reader.PROFILES,
    influx_dashboard.PROFILE,
    grafana.PROFILE,
)
_HEAD: Final = 16 * 1024


def find_format(data: Data) -> TextFormat | None:
    """The named format that a file begins as; None where the general reader has to find out."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return next((f for f in TEXTS if f.begins(head)), None)


def find_profile(headers: Sequence[str], file: str) -> tuple[Profile | None, tuple[tuple[str, str], ...]]:
    """The layout whose headers are all there, and what to tell of it; None where a header contradicts it."""
    plain, stem = [normal(h) for h in headers], normal(PurePath(file).stem)
    found = next((p for p in TABLES if p.fits(plain, stem)), None)
    if found is None:
        return None, ()
    wrong = found.contradiction(headers)
    return (None, (("format_refused", f"{found.title}: {wrong}"),)) if wrong else (found, found.told)
