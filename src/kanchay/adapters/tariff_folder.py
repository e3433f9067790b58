"""Tariff files in a folder of the user's, laid over those of the package; one that is wrong is named and skipped."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.yaml_marks import read_written
from kanchay.analysis.tariff.base import with_bases
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import InputError, NotFound
from kanchay.services.ports.tariffs import TariffProblem

__all__ = ["HomeLibrary", "TariffFolder"]

_EARLIER: Final = ".earlier"
_MOST_BYTES: Final = 1_000_000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,150}")
_NOT_PLAIN: Final = re.compile(r"[-+.\d]|(?i:y|n|yes|no|on|off)$")
_Stamp = tuple[str, int, int]  # name, time of change and size of a file
_Signature = tuple[_Stamp, ...]


@dataclass(frozen=True)
class _Read:
    """The folder as read last: valid documents and their files by id, and what is wrong with the others."""

    signature: _Signature = ()
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    problems: tuple[TariffProblem, ...] = ()


class TariffFolder:
    """`TariffStore` over a folder of YAML files; files that change are read again, also in a server that runs."""

    def __init__(self, root: Path, bases: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._root = root
        self._bases = bases or {}
        self._read = _Read()
        self._known: dict[_Stamp, dict[str, Any] | TariffProblem] = {}

    def documents(self) -> dict[str, dict[str, Any]]:
        return self._now().documents

    def problems(self) -> tuple[TariffProblem, ...]:
        return self._now().problems

    def save(self, document: Mapping[str, Any], remark: str) -> Path:
        tariff_id = _safe(document.get("id"))
        parse_tariff(document)
        text = _written(document, remark)
        path = self._root / self._now().files.get(tariff_id, f"{tariff_id}.yaml")
        self._keep(tariff_id, path)
        _replace(path, text)
        return path

    def text(self, tariff_id: str) -> str | None:
        name = self._now().files.get(tariff_id)
        return None if name is None else (self._root / name).read_text("utf-8")

    def write(self, text: str) -> Path:
        raw = text.replace("\r\n", "\n")
        tariff_id = self._checked(raw.encode())["id"]
        path = self._root / self._now().files.get(tariff_id, f"{tariff_id}.yaml")
        self._keep(tariff_id, path)
        _replace(path, raw)
        return path

    def undo(self, tariff_id: str) -> bool:
        steps = sorted((self._root / _EARLIER / _safe(tariff_id)).glob("*.*"))
        if not steps:
            known = sorted(p.name for p in (self._root / _EARLIER).glob("*") if any(p.iterdir()))
            hint = f"Saved were: {', '.join(known)}." if known else "No tariff was ever updated here."
            raise NotFound(f"There is no earlier file of '{tariff_id}'.", hint=hint, code="tariff.no_earlier")
        last = steps[-1]
        path = self._root / self._now().files.get(tariff_id, f"{tariff_id}.yaml")
        restored = last.suffix == ".yaml"
        if restored:
            last.replace(path)
        else:
            path.unlink(missing_ok=True)
            last.unlink()
        return restored

    def _keep(self, tariff_id: str, path: Path) -> None:
        """Put the present file aside, or the word that there was none."""
        folder = self._root / _EARLIER / tariff_id
        folder.mkdir(parents=True, exist_ok=True)
        number = max((int(p.stem) for p in folder.glob("*.*") if p.stem.isdigit()), default=0) + 1
        if path.is_file():
            _replace(folder / f"{number:06d}.yaml", path.read_text("utf-8"))
        else:
            _replace(folder / f"{number:06d}.none", "")

    def _now(self) -> _Read:
        files = {(path.name, stat.st_mtime_ns, stat.st_size): path for path, stat in _files(self._root)}
        signature = tuple(files)
        if signature != self._read.signature:
            self._known = {stamp: self._known.get(stamp) or self._one(path) for stamp, path in files.items()}
            self._read = _joined(signature, self._known)
        return self._read

    def _one(self, path: Path) -> dict[str, Any] | TariffProblem:
        try:
            return self._document(path)
        except Exception as error:  # whatever somebody wrote, the others stay in use
            return TariffProblem(path.name, getattr(error, "message", str(error)))

    def _document(self, path: Path) -> dict[str, Any]:
        """The valid document of a file; `InputError` says what is wrong with any other."""
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("It is larger than the 1 MB of a tariff file.")
        return self._checked(path.read_bytes())

    def _checked(self, raw: bytes) -> dict[str, Any]:
        """The whole document of a file's content, its base included."""
        written = read_written(raw)
        if written.slips or not isinstance(written.document, Mapping):
            slip = next(iter(written.slips), None)
            raise InputError(f"Line {slip.place.line}: {slip.what}" if slip else "It holds no tariff.")
        document = with_bases(written.document, self._bases)
        parse_tariff(document)
        _safe(document["id"])
        return document


def _joined(signature: _Signature, found: Mapping[_Stamp, dict[str, Any] | TariffProblem]) -> _Read:
    """The first file of each id, by name; a second one is a problem."""
    read = _Read(signature)
    problems = []
    for (name, _, _), document in found.items():
        if isinstance(document, TariffProblem):
            problems.append(document)
        elif first := read.files.get(document["id"]):
            problems.append(TariffProblem(name, f"It has the id of {first}: '{document['id']}'."))
        else:
            read.documents[document["id"]], read.files[document["id"]] = document, name
    return replace(read, problems=tuple(problems))


def _files(root: Path) -> list[tuple[Path, os.stat_result]]:
    try:
        found = sorted(
            p for p in root.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith(".")
        )
        return [(path, path.stat()) for path in found if path.is_file()]
    except OSError:  # no folder, or a file that goes while we look
        return []


def _safe(tariff_id: Any) -> str:
    if not isinstance(tariff_id, str) or not _NAME.fullmatch(tariff_id) or ".." in tariff_id:
        hint = "Use small letters, digits, points and underscores."
        raise InputError(f"'{tariff_id}' is no id of a tariff.", hint=hint)
    return tariff_id


def _written(document: Mapping[str, Any], remark: str) -> str:
    """The document as YAML that is read back as the very same, by us and by others."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Writes each value out, without marks for what is repeated."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Plain.add_representer(str, _text)
    body = yaml.dump(dict(document), Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    text = "".join(f"# {line}\n" for line in remark.splitlines()) + body
    read = read_written(text)
    if read.document != document or read.slips:
        raise InputError(
            "This document cannot be written as a tariff file.", hint="Keep money as text in it."
        )
    return text


def _text(dumper: Any, value: str) -> Any:
    """What other readers of YAML could take for a number, a time, a day or a yes goes into quotes."""
    style = '"' if _NOT_PLAIN.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _replace(path: Path, text: str) -> None:
    """Nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class HomeLibrary(PackageLibrary):
    """The package's library with the user's tariff files on top: a file of the same id takes the place of ours."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = TariffFolder(folder, self.tariff_bases())

    def tariff_documents(self) -> dict[str, dict[str, Any]]:
        own = self.folder.documents()
        return {**super().tariff_documents(), **own} if own else super().tariff_documents()

    def tariff_text(self, tariff_id: str) -> str:
        own = self.folder.text(tariff_id)
        return super().tariff_text(tariff_id) if own is None else own

    def own_tariffs(self) -> frozenset[str]:
        return frozenset(self.folder.documents())

    def tariff_problems(self) -> tuple[TariffProblem, ...]:
        return self.folder.problems() + tuple(self._outdated())

    def _outdated(self) -> list[TariffProblem]:
        """Files of the user that hide a newer list of the package."""
        shipped = super().tariff_documents()
        own = self.folder.documents()
        return [
            TariffProblem(
                key, f"It hides a newer list that the package ships, of {_newest(shipped[key])}.", used=True
            )
            for key, document in own.items()
            if key in shipped and _newest(shipped[key]) > _newest(document)
        ]


def _newest(document: Mapping[str, Any]) -> str:
    return max(str(version["valid_from"]) for version in document["versions"])
