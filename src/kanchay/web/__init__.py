"""The face in the browser: pages for people, JSON for programs. `create_app` is its only entrance."""

from kanchay.web.app import create_app

__all__ = ["create_app"]
