"""The sentences with which a file is refused: what it is, and what to hand in instead."""

from __future__ import annotations

from kanchay.domain.errors import FileRefused

__all__ = ["NO_READINGS", "refuse"]

# Refusals of what never was a file of readings: among several files it is passed over, and told.
NO_READINGS = frozenset(
    f"file.{reason}" for reason in ("empty", "binary", "other_kind", "later_format", "no_meter_data")
)

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("{name} is not there.", "Check the path."),
    "empty": ("{name} is empty.", "Export it again."),
    "too_large": ("{name} is {size}, more than the {limit} that are taken.", "Hand in a shorter period."),
    "bomb": (
        "{name} would unpack to {size}, more than the {limit} that are taken.",
        "Hand in a shorter period.",
    ),
    "no_room": (
        "{name} is too large to be unpacked where room is left: {where} is full.",
        "Free some room there, or set TMPDIR to another folder.",
    ),
    "cells": (
        "{name} is a workbook of more than {limit} cells, too many to be read as one.",
        "Hand in a shorter period, or save the sheet as CSV.",
    ),
    "truncated": ("{name} is cut short or damaged: it cannot be unpacked.", "Export or copy it again."),
    "binary": ("{name} is not text, a workbook or Parquet.", "Hand in CSV, Excel or Parquet."),
    "other_kind": ("{name} is {what}, not a table of readings.", "Hand in CSV, Excel or Parquet."),
    "later_format": (
        "{name} is {what}, a format that is not read yet.",
        "Export it as CSV with one row per interval.",
    ),
    "no_meter_data": (
        "{name} holds no meter data: {what}.",
        "It needs a column of times and a column of values; name them with --map time=COLUMN --map value=COLUMN.",
    ),
    "contradicts": (
        "{name} begins as {title}, but {what}.",
        "Export it again, or as CSV with one row per interval.",
    ),
    "folder": ("{name} holds {what}.", "Name the files, or a smaller folder."),
    "unsafe": (
        "{name} is XML with a document type, or too deep or wide for readings, and could hide anything.",
        "Export it again without.",
    ),
    "columns": ("{name}: {what}.", "Name the columns with --map time=COLUMN --map value=COLUMN."),
}


def refuse(reason: str, name: str, **numbers: str) -> FileRefused:
    """The error for that reason, to be raised by the caller."""
    message, hint = _SENTENCES[reason]
    return FileRefused(message.format(name=name, **numbers), hint=hint, code=f"file.{reason}")
