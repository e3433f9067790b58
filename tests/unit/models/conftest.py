"""Small signed bundles of any version, homes that trust their signer, and a real hub on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kanchay.adapters.installed import BundleShelf
from kanchay.adapters.models import trust_key
from kanchay.adapters.registry.files import FileRegistry
from kanchay.adapters.registry.hub import HubRegistry
from kanchay.adapters.registry.places import FolderPlace
from kanchay.bootstrap import in_memory, model_registry
from kanchay.bundle.files import read_contents
from kanchay.bundle.save import pack, write_bundle
from kanchay.bundle.sign import public_key
from kanchay.services.people.policy import operator_scope
from kanchay.settings import read_settings
from kanchay.web import create_app
from kanchay.web.sessions import read_token

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle" / "format1.kanchay"
NOW = 1_790_000_000


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # of these tests alone


@pytest.fixture
def bundle(tmp_path: Path, key: Ed25519PrivateKey) -> Callable[..., Path]:
    """A packed bundle of that version, signed by the key of the tests, with files of the caller's own."""

    def make(version: str = "1", *, name: str = "golden", sign_with: Any = key, files: Any = None) -> Path:
        contents = read_contents(GOLDEN, trusted=None)
        manifest = replace(contents.manifest, name=name, version=version)
        folder = tmp_path / "made" / f"{name}-{version}"
        write_bundle(folder, manifest, {**contents.files, **(files or {})}, key=sign_with)
        archive = folder.with_name(f"{folder.name}.kanchay")
        pack(folder, archive)
        return archive

    return make


@pytest.fixture
def scope():
    return operator_scope()


@pytest.fixture
def home(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    """A machine that trusts the key of the tests."""
    path = tmp_path / "home"
    trust_key(path, public_key(key))
    return path


@pytest.fixture
def shelf(home: Path) -> BundleShelf:
    return BundleShelf(home, pause=lambda _: None)


@pytest.fixture
def registry(tmp_path: Path) -> FileRegistry:
    return FileRegistry(FolderPlace(tmp_path / "registry"))


@dataclass
class Hub:
    """A hub that really listens; `wrap` puts something between its app and the wire."""

    home: Path
    address: str = ""
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, Range
    wrap: Callable[[Any, Any, Any], Any] | None = None

    def registry(self, token: str = "write") -> HubRegistry:
        known = read_token(self.home / f"models-{token}.token") if token in ("read", "write") else token
        return HubRegistry(self.address, token=known, pause=lambda _: None)

    @property
    def own(self) -> FileRegistry:
        return model_registry(read_settings(home=str(self.home)))

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE", "")))
        return self.wrap(self.app, environ, start) if self.wrap else self.app(environ, start)

    app: Any = None


@pytest.fixture
def hub(tmp_path: Path, key: Ed25519PrivateKey) -> Iterator[Hub]:
    from werkzeug.serving import make_server

    home = tmp_path / "hub"
    trust_key(home, public_key(key))
    settings = read_settings(home=str(home))
    made = Hub(home)
    made.app = create_app(in_memory(settings=settings, clock=lambda: NOW), settings)
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(5)
    server.server_close()
