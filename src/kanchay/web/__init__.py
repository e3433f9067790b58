"""The face in the browser: pages for people, JSON for programs. `create_app` is its only entrance.

It is loaded on first use: the command line writes numbers with `kanchay.web.formats` and has no need of Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kanchay.web.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name != "create_app":
        raise AttributeError(f"module 'kanchay.web' has no attribute '{name}'")
    from kanchay.web.app import create_app

    return create_app
