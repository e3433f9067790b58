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
        token = secrets.token_urlsafe(24)
        folder = self._folder / token
        folder.mkdir(parents=True, mode=0o700)
        (folder / "owner").write_text(owner, "utf-8")
        suffix = "".join(Path(file.filename).suffixes[-2:])[-12:]
        path = folder / (secure_filename(file.filename) or f"file{secure_filename(suffix)}")
        path = path if path.name != "owner" else folder / "owner_"
        file.save(path)
        file.close()
        return Upload(token, path)

    def find(self, token: str, owner: str) -> Upload:
        """The waiting file of that token; `NotFound` for anybody else."""
        folder = self._folder / token
        if not _TOKEN.fullmatch(token) or not (folder / "owner").is_file():
            raise NotFound("That upload is gone.", hint="Send the file again.", code="upload.gone")
        if (folder / "owner").read_text("utf-8") != owner:
            raise NotFound("That upload is gone.", hint="Send the file again.", code="upload.gone")
        return Upload(token, next(p for p in folder.iterdir() if p.name != "owner"))

    def drop(self, token: str) -> None:
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self._folder / token, ignore_errors=True)

    def _sweep(self) -> None:
        """Forget what waited too long."""
        for folder in self._folder.glob("*/"):
            if folder.stat().st_mtime < time.time() - _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)
