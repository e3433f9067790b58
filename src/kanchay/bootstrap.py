"""The only place that chooses adapters. Each is imported when first used: a verb pays for no other."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kanchay._version import __version__
from kanchay.domain.errors import InputError
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.newfile import kept, only_mine
from kanchay.services.context import Context
from kanchay.services.ports.exports import ExportFormats
from kanchay.services.ports.files import ImportOptions
from kanchay.services.ports.prices import PriceFormats
from kanchay.services.ports.receipts import ReceiptReader
from kanchay.services.ports.registry import Arrivals, Installed, Registry
from kanchay.services.ports.tariffs import ListReader, TariffStore
from kanchay.settings import Settings, read_settings

if TYPE_CHECKING:
    from kanchay.domain.priceseries import PriceSeries

__all__ = [
    "READINGS_FILE",
    "RECORDS_FILE",
    "SECRET_FILE",
    "export_formats",
    "for_file",
    "in_memory",
    "list_reader",
    "model_arrivals",
    "model_registry",
    "model_shelf",
    "open_product",
    "price_formats",
    "published_series",
    "receipt_reader",
    "secret_key",
    "tariff_store",
]

READINGS_FILE = "readings.sqlite"
RECORDS_FILE = "records.sqlite"
SECRET_FILE = "secret.key"  # noqa: S105
MODELS_FOLDER = "models"
REGISTRY_FOLDER = "registry"
TARIFFS_FOLDER = "tariffs"
ARRIVING_FOLDER = ".arriving"
_DATABASES = (RECORDS_FILE, READINGS_FILE)  # the order in which they are backed up, see `adapters.backup`


class Lazy:
    """Stands for an adapter until somebody uses it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if "_made" not in self.__dict__:
            self._made = self._make()
        return getattr(self._made, name)


def _now() -> int:
    return int(time.time())


def _context(readings: Any, records: Any, settings: Settings, clock: Callable[[], int] | None) -> Context:
    return Context(
        readings=readings,
        records=records,
        models=cast(Any, Lazy(lambda: _models(settings))),
        library=cast(Any, Lazy(lambda: _library(settings))),
        files=cast(Any, Lazy(lambda: _files(settings))),
        clock=clock or _now,
        code_version=__version__,
    )


def _models(settings: Settings) -> Any:
    from kanchay.adapters.models import ModelShelf

    return ModelShelf(settings)


def _library(settings: Settings) -> Any:
    from kanchay.adapters.tariff_folder import HomeLibrary

    return HomeLibrary(settings.home / TARIFFS_FOLDER)


def tariff_store(settings: Settings) -> TariffStore:
    """The user's own tariff files, in the home."""
    from kanchay.adapters.tariff_folder import HomeLibrary

    return HomeLibrary(settings.home / TARIFFS_FOLDER).folder


def list_reader() -> ListReader:
    """Reads files of published price lists."""
    from kanchay.adapters.pricelists.reader import FileListReader

    return FileListReader()


def _files(settings: Settings) -> Any:
    from kanchay.adapters.files.reader import SniffingReader

    return SniffingReader(settings.max_upload_mb)


def open_product(settings: Settings, *, clock: Callable[[], int] | None = None) -> Context:
    """The embedded product in its folder: made on first use, brought up to date by migrations."""
    from kanchay.adapters.readings.sqlite import SqliteReadingStore
    from kanchay.adapters.records.sql import SqlRecords

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _DATABASES:
        only_mine(
            settings.home / name
        )  # also in a folder that others may enter; SQLite gives its -wal the same
    readings = SqliteReadingStore(settings.home / READINGS_FILE)
    records = SqlRecords(settings.home / RECORDS_FILE)
    return _context(readings, records, settings, clock)


def in_memory(*, settings: Settings | None = None, clock: Callable[[], int] | None = None) -> Context:
    """A product that forgets everything at the end of the process."""
    from kanchay.adapters.readings.memory import MemoryReadingStore
    from kanchay.adapters.records.memory import MemoryRecords

    return _context(MemoryReadingStore(), MemoryRecords(), settings or read_settings(), clock)


def for_file(
    path: Path,
    options: ImportOptions | None = None,
    *,
    country: str | None = None,
    settings: Settings | None = None,
    meter: str | None = None,
    one_meter: bool = False,
) -> tuple[Context, Scope, Site]:
    """A product in memory with one site that holds one meter file: what ``--input FILE`` works on.

    Of a file of several meters only `meter` is taken where it is named; with `one_meter` it must be.
    """
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sites import create_site
    from kanchay.services.readings.import_file import preview_file, store_import
    from kanchay.services.readings.meters import only_meter, require_one_meter

    ctx, scope = in_memory(settings=settings), operator_scope()
    preview = preview_file(ctx, path, options or ImportOptions())
    preview = only_meter(preview, meter) if meter is not None else preview
    if one_meter:
        require_one_meter(preview)
    land, _, part = (country or "").upper().partition("-")
    zones = [series.timezone for series in preview.series if series.timezone]
    asked = options.tz if options else None
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem) or "file"
    site = Site(
        id=name,
        name=path.stem,
        tz=asked or (zones[0] if zones else "UTC"),
        country=land or None,
        subdivision=part or None,
        currency=_CURRENCIES.get(land or "PE", "EUR"),
    )
    create_site(ctx, scope, site)
    store_import(ctx, scope, site.id, preview)
    return ctx, scope, site


_CURRENCIES = {"PE": "PEN", "US": "USD", "GB": "GBP", "AU": "AUD", "CL": "CLP"}


def secret_key(settings: Settings) -> bytes:
    """The secret of this installation: signs sessions; made once, readable by its owner only."""
    key = kept(settings.home / SECRET_FILE, lambda: secrets.token_bytes(32))
    if len(key) < 32:
        raise InputError(f"{SECRET_FILE} is damaged.", hint="Remove it: people sign in again with a new one.")
    return key


def model_shelf(settings: Settings) -> Installed:
    """The bundles installed on this machine."""
    from kanchay.adapters.installed import BundleShelf

    return BundleShelf(settings.home)


def model_arrivals(settings: Settings) -> Arrivals:
    """What other machines are pushing to this hub; never part of a back-up."""
    from kanchay.adapters.arriving import Arriving

    return Arriving(settings.home / ARRIVING_FOLDER)


def model_registry(settings: Settings, address: str = "", *, insecure: bool = False) -> Registry:
    """The registry at an address: a hub over HTTP, else files; without one the folder in the home.

    A hub's token is taken from the environment alone: an argument would show in the list of processes.
    """
    from kanchay.adapters.registry.files import FileRegistry
    from kanchay.adapters.registry.places import place_of

    if address.startswith(("http://", "https://")):
        from kanchay.adapters.registry.hub import HubRegistry

        return HubRegistry(address, token=os.environ.get("KANCHAY_REGISTRY_TOKEN", ""), insecure=insecure)
    return FileRegistry(place_of(address or str(settings.home / REGISTRY_FOLDER)))


def export_formats() -> ExportFormats:
    """The formats in which readings leave, by name; what each needs is imported when it writes."""
    from kanchay.adapters.exports.registry import FORMATS

    return FORMATS


def receipt_reader() -> ReceiptReader:
    """Reads paper bills: text PDFs and electronic receipts."""
    from kanchay.adapters.receipts.reader import FileReceiptReader

    return FileReceiptReader()


def price_formats() -> PriceFormats:
    """The formats in which prices leave for planners, by name."""
    from kanchay.adapters.prices.registry import FORMATS

    return FORMATS


def published_series(path: Path, currency: str) -> PriceSeries:
    """Published prices of a file, for a tariff that names them."""
    from kanchay.adapters.prices.seriesfile import read_series

    return read_series(path, currency)


def back_up(settings: Settings, target: Path) -> Any:
    """Copy the whole embedded product into one file, also while it runs; returns the manifest."""
    from kanchay.adapters import backup

    ctx = open_product(settings)  # refuses a folder that holds no product that this code can read
    secret_key(settings)
    try:
        return backup.back_up(
            settings.home,
            target,
            databases=_DATABASES,
            others=(SECRET_FILE, MODELS_FOLDER, REGISTRY_FOLDER, TARIFFS_FOLDER),
            made_at=_now(),
            code_version=__version__,
        )
    finally:
        ctx.readings.close()
        ctx.records.close()


def restore(settings: Settings, archive: Path) -> Any:
    """Verify a back-up, then put it in the place of the present product; returns the manifest."""
    from kanchay.adapters import backup
    from kanchay.adapters.readings.schema import SCHEMA_VERSION
    from kanchay.adapters.records.sql import HEAD

    return backup.restore(
        archive,
        settings.home,
        databases=_DATABASES,
        lock=Path(READINGS_FILE).with_suffix(".lock").name,
        newest={RECORDS_FILE: HEAD, READINGS_FILE: SCHEMA_VERSION},
        now=_now(),
    )
