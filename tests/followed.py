"""Do what a page of the documentation says, as its reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["follow"]

_SHELLS = ("bash", "sh")


def follow(
    page: Path, folder: Path, *, languages: tuple[str, ...] = ("bash", "python"), after: str = ""
) -> list[str]:
    """What each block of commands of a page prints; every block must succeed.

    They run one after the other in an empty folder, with Kanchay's command on the path and a home of their own.
    With `after`, only the blocks behind that text count.
    """
    environment = os.environ | {
        "KANCHAY_HOME": str(folder / "home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    text = page.read_text("utf-8")
    assert after in text
    printed = []
    for language, block in re.findall(
        rf"```({'|'.join(languages)})\n(.*?)```", text[text.index(after) :], flags=re.S
    ):
        command = ["bash", "-euc", block] if language in _SHELLS else [sys.executable, "-c", block]
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert run.returncode == 0, f"{block}\n{run.stdout[-1500:]}\n{run.stderr[-3000:]}"
        printed.append(run.stdout)
    return printed
