"""New files: whole or not there, private from their first byte, made once."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from kanchay.newfile import kept, kept_word, new_file, only_mine


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_sees_half_of_it_and_nobody_else_any_of_it(tmp_path):
    path = tmp_path / "deep" / "key"
    with new_file(path) as out:
        out.write(b"half")
        out.flush()
        assert not path.exists()
        assert [mode_of(p) for p in path.parent.iterdir()] == [0o600]
        out.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(TypeError), new_file(tmp_path / "key") as out:
        out.writelines([b"half", 7])
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_replaced(tmp_path):
    (tmp_path / "key").write_bytes(b"mine")
    with pytest.raises(FileExistsError), new_file(tmp_path / "key") as out:
        out.write(b"theirs")
    assert (tmp_path / "key").read_bytes() == b"mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_for_all_is_private_until_it_is_whole(tmp_path):
    old = os.umask(0)
    try:
        with new_file(tmp_path / "bundle", mode=0o644):
            assert [mode_of(p) for p in tmp_path.iterdir()] == [0o600]
    finally:
        os.umask(old)
    assert mode_of(tmp_path / "bundle") == 0o644


def test_a_disk_without_hard_links_keeps_what_is_there_too(tmp_path, monkeypatch):
    def no_links(*_: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    assert kept(tmp_path / "key", lambda: b"first") == b"first"
    with pytest.raises(FileExistsError), new_file(tmp_path / "key") as out:
        out.write(b"second")
    assert (tmp_path / "key").read_bytes() == b"first"


def test_many_makers_at_once_get_the_same_whole_word(tmp_path):
    ready, words = threading.Barrier(8), []

    def make() -> None:
        ready.wait()
        words.append(kept_word(tmp_path / "token", 32))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(words)) == 1
    assert len(words) == 8
    assert len(words[0]) == 64
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_of_others_is_closed_and_keeps_its_content(tmp_path):
    path = tmp_path / "records.sqlite"
    only_mine(path)
    assert path.read_bytes() == b""
    path.write_bytes(b"rows")
    path.chmod(0o644)
    only_mine(path)
    assert path.read_bytes() == b"rows"
    assert mode_of(path) == 0o600
