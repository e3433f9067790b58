"""Files between upload and *save*: kept an hour under a random name, seen only by whoever sent them."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from kanchay.adapters.files.folder import files_inside
from kanchay.domain.errors import FileRefused, NotFound

__all__ = ["Upload", "Uploads"]

_KEPT_S: Final = 3600
_WAITING: Final = 5  # files of one person; a sixth pushes the oldest out
_FILES: Final = 200  # sent at once
_NAME: Final = 80  # letters of a file's name
_FOLDER: Final = "files"  # several files that lie in none
_DEEPEST: Final = 7  # folders in each other
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True)
class Upload:
    token: str
    path: Path

    @property
    def is_folder(self) -> bool:
        return self.path.is_dir()

    @property
    def files(self) -> list[tuple[str, Path]]:
        """Name inside the folder and place of every file, in the order in which `kanchay import FOLDER` reads them."""
        if not self.is_folder:
            return [(self.path.name, self.path)]
        return [(p.relative_to(self.path).as_posix(), p) for p in files_inside(self.path)]

    @property
    def n_bytes(self) -> int:
        places = self.path.rglob("*") if self.is_folder else (self.path,)
        return sum(p.stat().st_size for p in places if p.is_file())


class Uploads:
    """A folder of waiting files, one sub-folder each with the file and its owner's id."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "uploads"

    def keep(self, file: FileStorage | None, owner: str) -> Upload:
        """Store what was sent; `FileRefused` where nothing was."""
        return self.keep_all([file] if file is not None else [], owner)

    def keep_all(self, files: Sequence[FileStorage], owner: str) -> Upload:
        """Store what was sent, several files in a folder of their own; `FileRefused` where nothing was."""
        sent = _sent(files)
        if len(sent) > _FILES:
            raise FileRefused(
                f"{len(sent)} files were sent, more than {_FILES}.", hint="Send fewer.", code="file.folder"
            )
        names = [_name_of(f) for f in sent]
        token = self._begin(owner)
        place = self._folder / token / (names[0] if len(sent) == 1 else f"{names[0]} +{len(sent) - 1}")
        with self._whole(token, sent):
            for file, name in zip(sent, names, strict=True):
                _save(file, place if len(sent) == 1 else place / name)
        return Upload(token, place)

    def keep_folder(self, files: Sequence[FileStorage], owner: str, token: str = "") -> Upload:
        """Store files of a folder, each under its path inside; with a token beside those that came before.

        Raises
        ------
        FileRefused
            Nothing was sent, or all of it is more than a folder may hold.
        NotFound
            There is no folder of that token that is still waiting.
        """
        sent = _sent(files)
        places = [_place_of(f) for f in sent]
        if not token:
            token = self._begin(owner)
            folder = self._folder / token / (places[0][0] if len(places[0]) > 1 else _FOLDER)
            folder.mkdir(mode=0o700)
        else:
            folder = self.find(token, owner).path
            if not folder.is_dir():
                raise NotFound("That upload is no folder.", hint="Send the folder again.", code="upload.gone")
        with self._whole(token, sent):
            for file, place in zip(sent, places, strict=True):
                _save(file, folder.joinpath(*(place[1:] if place[0] == folder.name and place[1:] else place)))
            files_inside(folder)  # refuses what is more than `kanchay import FOLDER` takes
        return Upload(token, folder)

    @contextmanager
    def _whole(self, token: str, files: Sequence[FileStorage]) -> Iterator[None]:
        """While files are written: half of them are of no use to anybody."""
        try:
            yield
        except BaseException:
            self.drop(token)
            raise
        finally:
            for file in files:
                file.close()

    def _begin(self, owner: str) -> str:
        """A new place to wait in."""
        self._sweep()
        self._make_room(owner)
        token = secrets.token_urlsafe(24)
        folder = self._folder / token
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
        (folder / "owner").write_text(owner, "utf-8")
        return token

    def find(self, token: str, owner: str) -> Upload:
        """The waiting file of that token; `NotFound` for anybody else."""
        self._sweep()
        folder = self._folder / token
        if not _TOKEN.fullmatch(token) or _owner_of(folder) != owner:
            raise NotFound("That upload is gone.", hint="Send the file again.", code="upload.gone")
        held = [p for p in folder.glob("*") if p.name != "owner"]
        if not held:  # stored or dropped by another request meanwhile
            raise NotFound("That upload is gone.", hint="Send the file again.", code="upload.gone")
        return Upload(token, held[0])

    def drop(self, token: str) -> None:
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self._folder / token, ignore_errors=True)

    def _sweep(self) -> None:
        """Forget what waited too long."""
        for folder in self._folder.glob("*/"):
            if _age(folder) > _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)

    def _make_room(self, owner: str) -> None:
        """Nobody fills the disk with files that wait."""
        mine = sorted((f for f in self._folder.glob("*/") if _owner_of(f) == owner), key=_age)
        for folder in mine[_WAITING - 1 :]:
            shutil.rmtree(folder, ignore_errors=True)


def _sent(files: Sequence[FileStorage]) -> list[FileStorage]:
    """The files of a request; `FileRefused` where none was chosen."""
    sent = [f for f in files if f.filename]
    if not sent:
        raise FileRefused("No file was sent.", hint="Choose a file first.", code="file.none")
    return sent


def _name_of(file: FileStorage) -> str:
    """A safe name for a file, never that of the note about its owner."""
    suffix = "".join(Path(file.filename or "").suffixes[-2:])[-12:]
    name = secure_filename(file.filename or "")[-_NAME:] or f"file{secure_filename(suffix)}"
    return name if name != "owner" else "owner_"


def _place_of(file: FileStorage) -> tuple[str, ...]:
    """The safe names of the folders a file lies in, and its own."""
    above = PurePosixPath((file.filename or "").replace("\\", "/")).parts[:-1]
    folders = [name for name in (secure_filename(part)[-_NAME:] for part in above[:_DEEPEST]) if name]
    file.filename = PurePosixPath((file.filename or "").replace("\\", "/")).name
    return (*(f if f != "owner" else "owner_" for f in folders), _name_of(file))


def _save(file: FileStorage, place: Path) -> None:
    """Write a file, in a folder made for it; another one of that name stays."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    at, number = place, 1
    while at.exists():
        number += 1
        at = place.with_name(f"{number}_{place.name}")
    file.save(at)


def _owner_of(folder: Path) -> str | None:
    try:
        return (folder / "owner").read_text("utf-8")
    except OSError:  # removed meanwhile, or never there
        return None


def _age(folder: Path) -> float:
    """Seconds since it was made; none where another request has just removed it."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0
