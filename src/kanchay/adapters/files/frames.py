"""Short ways in and out for people who work with files and frames: `read_file`, `read_csv`, `to_frame`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kanchay.adapters.files.reader import SniffingReader
from kanchay.analysis.quality.derive import derive_readings
from kanchay.domain.importing import ImportSeries
from kanchay.domain.reading import Readings
from kanchay.services.ports.files import ImportOptions

if TYPE_CHECKING:
    import pandas as pd

    from kanchay.domain.panel import Panel

__all__ = ["read_csv", "read_file", "to_frame"]


def read_file(path: str | Path, **options: Any) -> list[Readings]:
    """Readings of every series of a meter file; each is named by its series.

    Parameters
    ----------
    path : str or Path
        CSV of any dialect, Excel or Parquet.
    **options
        Answers to what the file leaves open: `tz`, `unit`, `day_first`, `label`, `kind`, `direction`, `decimal`,
        `columns` (see `kanchay.services.ports.files.ImportOptions`).

    Returns
    -------
    list of Readings
        Energy in kWh, other quantities in their canonical unit; registers are differenced.

    Raises
    ------
    FileRefused
        The file holds no meter data or is not safe to read.
    """
    preview = SniffingReader().read(Path(path), ImportOptions(**options))
    return [_readings(series) for series in preview.series]


def _readings(series: ImportSeries) -> Readings:
    if series.observations is None:
        return Readings.empty(series.name)
    named = replace(series.observations, point_id=series.name)
    return derive_readings(named, series.kind, resolution_s=series.resolution_s)[0]


def read_csv(path: str | Path, **options: Any) -> list[Readings]:
    """The same as `read_file`; the name that people look for."""
    return read_file(path, **options)


def to_frame(panel: Panel) -> pd.DataFrame:
    """A panel as a pandas frame: one column per point, indexed by interval start on the panel's clock."""
    import pandas as pd

    index = pd.to_datetime(panel.starts, unit="s", utc=True).tz_convert(panel.tz)
    return pd.DataFrame(panel.values.T, index=index.rename("start"), columns=list(panel.points))
