"""Every format that readings leave in, one row each, in the order in which they are offered."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.exports import csvtable, emhass, green_button, home_assistant, parquetfile, workbook
from kanchay.services.ports.exports import ExportFormat, ExportFormats

__all__ = ["FORMATS"]

_ROWS: Final[tuple[ExportFormat, ...]] = (
    csvtable.PLAIN,
    csvtable.PERUVIAN,
    workbook.WORKBOOK,
    parquetfile.PARQUET,
    green_button.GREEN_BUTTON,
    home_assistant.HOME_ASSISTANT,
    emhass.EMHASS,
)
FORMATS: Final[ExportFormats] = {row.name: row for row in _ROWS}
