"""Our table as Parquet: typed columns, times in UTC, a row group a piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kanchay.adapters.exports.ourtable import COLUMNS, about, table_words
from kanchay.adapters.exports.pieces import Drain
from kanchay.domain.reading import Readings
from kanchay.services.ports.exports import Export, ExportFormat

__all__ = ["PARQUET"]

_MOST: Final = 30_000_000  # rows that our importer takes


def write_parquet(export: Export, language: str) -> Iterator[bytes]:
    """The table in the words of the API, whatever the reader's language: programs read it."""
    import pyarrow.parquet as pq

    schema, drain = _schema(export), Drain()
    with pq.ParquetWriter(drain, schema, compression="zstd") as writer:
        for series in export.series:
            told = about(export, series, table_words("en"))
            for readings in export.read(series):
                writer.write_table(_piece(readings, told, schema))
                yield drain.take()
    yield drain.take()


def _schema(export: Export) -> Any:
    import pyarrow as pa

    label = pa.dictionary(pa.int32(), pa.string())
    types = {
        "start": pa.timestamp("s", tz="UTC"),
        "end": pa.timestamp("s", tz="UTC"),
        "value": pa.float64(),
    }
    said = {"kanchay.code_version": export.code_version, "kanchay.made_at": str(export.made_at)}
    return pa.schema([(c, types.get(c, label)) for c in COLUMNS], metadata=said)


def _piece(r: Readings, told: dict[str, str], schema: Any) -> Any:
    import pyarrow as pa

    words = table_words("en").qualities
    columns = {
        "start": pa.array(r.start, pa.int64()).cast(schema.field("start").type),
        "end": pa.array(r.end, pa.int64()).cast(schema.field("end").type),
        "value": pa.array(r.value),
        "quality": pa.DictionaryArray.from_arrays(pa.array(r.quality, pa.int32()), pa.array(words)),
    }
    same = {
        c: pa.DictionaryArray.from_arrays(pa.array([0] * len(r), pa.int32()), pa.array([t]))
        for c, t in told.items()
    }
    return pa.table({c: columns.get(c, same.get(c)) for c in COLUMNS}, schema=schema)


PARQUET = ExportFormat(
    "parquet", ".parquet", "application/vnd.apache.parquet", write_parquet, lambda point: True, _MOST
)
