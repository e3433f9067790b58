"""The text layer of a PDF, read in a process of its own that is bounded in bytes, pages, memory and time.

A PDF can be built to keep any reader busy for ever. So the file goes to a child process (this module run as a program),
which answers with the lines of its pages, is stopped when its time is up, and dies alone where memory runs out.
A scan has no text layer; it is refused, never guessed at.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from kanchay.domain.errors import FileRefused

__all__ = ["PdfLimits", "PdfPage", "pdf_pages"]

Mode = Literal["layout", "plain"]
_MB: Final = 1024 * 1024
_STREAM: Final = 16 * _MB  # what one stream may unpack to: the text of a page is some ten thousand bytes
_SENTENCES: Final = {
    "too_large": ("is larger than the {max_mb} MB that are taken.", "Hand in the document alone."),
    "not_pdf": ("is not a PDF document.", "Download it again."),
    "encrypted": ("is locked with a password.", "Save a copy without the password."),
    "pages": ("has more than {max_pages} pages.", "Save the pages that matter as a document of their own."),
    "damaged": ("is damaged: its text cannot be read.", "Download it again."),
    "slow": ("takes too much time or memory to read.", "Print it to a new PDF and hand that in."),
    "scan": ("holds no text: it is a picture of a page.", "Hand in the original PDF, not a scan or a photo."),
}


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """How much of a PDF is read at most."""

    max_bytes: int = 16 * _MB
    max_pages: int = 40
    max_chars: int = 2_000_000
    max_memory: int = 1024 * _MB
    seconds: int = 20  # of work; waiting for a busy machine is counted four times over


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The lines of text of one page, counted from 1; in layout mode columns stand about under each other."""

    number: int
    lines: tuple[str, ...]


def pdf_pages(
    data: bytes, name: str, mode: Mode = "layout", limits: PdfLimits | None = None
) -> tuple[PdfPage, ...]:
    """The text layer of a PDF, line by line.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for errors.
    mode : {"layout", "plain"}
        ``layout`` keeps columns apart with spaces; ``plain`` gives the text in the order it was drawn.
    limits : PdfLimits, optional
        How much is read at most.

    Returns
    -------
    tuple of PdfPage

    Raises
    ------
    FileRefused
        Not a PDF, locked, damaged, too large, too slow or without text; `code` is ``pdf.`` and the reason.
    """
    limits = limits or PdfLimits()
    if len(data) > limits.max_bytes:
        raise _refuse("too_large", name, limits)
    if b"%PDF-" not in data[:1024]:
        raise _refuse("not_pdf", name, limits)
    answer = _in_a_child(data, name, mode, limits)
    if "refused" in answer:
        raise _refuse(answer["refused"], name, limits)
    pages = tuple(PdfPage(n, tuple(lines)) for n, lines in enumerate(answer["pages"], start=1))
    if not any(line.strip() for page in pages for line in page.lines):
        raise _refuse("scan", name, limits)
    return pages


def _refuse(reason: str, name: str, limits: PdfLimits) -> FileRefused:
    what, hint = _SENTENCES[reason]
    told = what.format(max_mb=limits.max_bytes // _MB, max_pages=limits.max_pages)
    return FileRefused(f"{name} {told}", hint=hint, code=f"pdf.{reason}")


def _in_a_child(data: bytes, name: str, mode: Mode, limits: PdfLimits) -> dict[str, Any]:
    asked = (mode, limits.max_pages, limits.max_chars, limits.max_memory, limits.seconds)
    command = [sys.executable, "-m", "kanchay.adapters.pdf", *map(str, asked)]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=4 * limits.seconds, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise _refuse("slow", name, limits) from None
    except ValueError:  # it died: of memory, or of its processor time
        raise _refuse("slow", name, limits) from None
    return answer


def _bound(max_memory: int, seconds: int) -> None:
    """Limits of the child itself, where the system knows them; elsewhere the parent's clock ends it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _pages(data: bytes, mode: str, max_pages: int, max_chars: int) -> dict[str, Any]:
    """What the child answers: the lines of each page, or why not."""
    import io

    import pypdf

    with pypdf.apply_configuration(
        zlib_maximum_output_length=_STREAM, lzw_maximum_output_length=_STREAM,
        run_length_maximum_output_length=_STREAM, array_based_stream_maximum_output_length=_STREAM,
    ):  # fmt: skip
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"refused": "encrypted"}
        if len(reader.pages) > max_pages:
            return {"refused": "pages"}
        pages: list[list[str]] = []
        for text in _texts(reader, mode):
            max_chars -= len(text)
            if max_chars < 0:
                return {"refused": "too_large"}
            pages.append([line.rstrip() for line in text.splitlines()])
    return {"pages": pages}


def _texts(reader: Any, mode: str) -> Iterator[str]:
    for page in reader.pages:
        if mode == "plain":
            yield page.extract_text()
        else:
            yield page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)


def _answer(arguments: list[str]) -> dict[str, Any]:
    mode, max_pages, max_chars, max_memory, seconds = arguments
    _bound(int(max_memory), int(seconds))
    logging.disable(logging.CRITICAL)  # what the library complains of is told by a refusal
    try:
        return _pages(sys.stdin.buffer.read(), mode, int(max_pages), int(max_chars))
    except Exception:  # whatever a damaged file makes the library raise
        return {"refused": "damaged"}


if __name__ == "__main__":
    json.dump(_answer(sys.argv[1:]), sys.stdout)
