"""Files between upload and *save*: kept an hour under a random name, seen only by whoever sent them."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from kanchay.domain.errors import FileRefused, NotFound

__all__ = ["Upload", "Uploads"]

_KEPT_S: Final = 3600
_WAITING: Final = 5  # files of one person; a sixth pushes the oldest out
_NAME: Final = 80  # letters of a file's name
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True)
class Upload:
    token: str
    path: Path

    @property
    def n_bytes(self) -> int:
        return self.path.stat().st_size


class Uploads:
    """A folder of waiting files, one sub-folder each with the file and its owner's id."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "uploads"

    def keep(self, file: FileStorage | None, owner: str) -> Upload:
        """Store what was sent; `FileRefused` where nothing was."""
        if file is None or not file.filename:
            raise FileRefused("No file was sent.", hint="Choose a file first.", code="file.none")
        self._sweep()
        self._make_room(owner)
        token = secrets.token_urlsafe(24)
        folder = self._folder / token
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
        (folder / "owner").write_text(owner, "utf-8")
        suffix = "".join(Path(file.filename).suffixes[-2:])[-12:]
        path = folder / (secure_filename(file.filename)[-_NAME:] or f"file{secure_filename(suffix)}")
        path = path if path.name != "owner" else folder / "owner_"
        try:
            file.save(path)
        except BaseException:
            self.drop(token)  # half a file is of no use to anybody
            raise
        finally:
            file.close()
        return Upload(token, path)

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
