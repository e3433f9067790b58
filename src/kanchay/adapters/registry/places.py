"""Places that keep files by name: a folder of this machine, or any fsspec URL (memory, S3, SFTP …).

Files are written once and never replaced: two who write the same name at once cannot both win. In a folder they are
whole or not there; a service may show the beginning of one whose writer lost the line, which can then be completed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from kanchay.domain.errors import Conflict, InputError, KanchayError, MissingExtra, NotFound, Unreachable
from kanchay.newfile import new_file

__all__ = ["FolderPlace", "FsspecPlace", "Place", "place_of"]

_CHUNK: Final = 256 * 1024


class Place(Protocol):
    """Names are relative, with ``/`` between their parts."""

    def names(self, folder: str) -> list[str]:
        """Names directly in a folder, sorted; none where it is not there."""

    def read(self, name: str, start: int = 0) -> Iterator[bytes]: ...

    def create(self, name: str, data: bytes) -> None:
        """Write a new file; `Conflict` where there is one of that name."""

    def append(self, name: str, data: bytes) -> None:
        """Write on after the last byte of a file."""


def place_of(address: str) -> Place:
    """The place at a path or URL."""
    scheme = urlsplit(address).scheme if "://" in address else ""
    if scheme == "file":
        return FolderPlace(Path(url2pathname(urlsplit(address).path)))
    return FsspecPlace(address) if scheme else FolderPlace(Path(address).expanduser())


class FolderPlace:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self, folder: str) -> list[str]:
        path = self._root / folder
        if not path.is_dir():
            return []
        return sorted(p.name for p in path.iterdir() if not p.name.startswith("."))

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        try:
            file = (self._root / name).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"The registry holds no {name}.") from error
        with file:
            file.seek(start)
            while chunk := file.read(_CHUNK):
                yield chunk

    def create(self, name: str, data: bytes) -> None:
        try:
            with new_file(self._root / name, mode=0o644) as out:
                out.write(data)
        except FileExistsError as error:
            raise _there(name) from error

    def append(self, name: str, data: bytes) -> None:
        with (self._root / name).open("ab") as out:
            out.write(data)


class FsspecPlace:
    """Any URL that fsspec opens; packages and credentials of a service are the user's own."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError as error:
            raise MissingExtra("registry", "fsspec") from error
        try:
            self._fs, root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:
            raise InputError(f"fsspec cannot open '{urlsplit(address).scheme}://': {error}") from error
        self._root = str(root).rstrip("/")

    def names(self, folder: str) -> list[str]:
        try:
            self._fs.invalidate_cache()
            found = self._fs.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        except Exception as error:
            raise _unreachable(error) from error
        names = {PurePosixPath(str(p).rstrip("/")).name for p in found}
        return sorted(n for n in names if n and not n.startswith("."))

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        try:
            with self._fs.open(self._path(name), "rb") as file:
                file.seek(start)
                while chunk := file.read(_CHUNK):
                    yield bytes(chunk)
        except FileNotFoundError as error:
            raise NotFound(f"The registry holds no {name}.") from error
        except KanchayError:
            raise
        except Exception as error:
            raise _unreachable(error) from error

    def create(self, name: str, data: bytes) -> None:
        path = self._path(name)
        try:
            self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            if self._fs.exists(path):
                raise _there(name)
            self._write(path, data)
        except (FileExistsError, KanchayError) as error:
            raise _there(name) from error
        except Exception as error:
            raise _unreachable(error) from error

    def append(self, name: str, data: bytes) -> None:
        try:
            with self._fs.open(self._path(name), "ab") as out:
                out.write(data)
        except Exception as error:
            raise _unreachable(error) from error

    def _write(self, path: str, data: bytes) -> None:
        """Let the service itself refuse a second writer where it can (fsspec's mode "create")."""
        try:
            self._fs.pipe_file(path, data, mode="create")
        except (TypeError, NotImplementedError, ValueError):
            self._fs.pipe_file(path, data)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")


def _there(name: str) -> Conflict:
    return Conflict(f"The registry holds {name} already.", code="registry.there")


def _unreachable(error: Any) -> Unreachable:
    """Whatever a service raises has its own kinds, all outside a common base."""
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return Unreachable(f"The registry cannot be reached: {said}.", hint="Check address and credentials.")
