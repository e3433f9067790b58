"""A product with the shipped model, in memory, and programs that ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kanchay.analysis.forecast.grounded import GroundedForecaster
from kanchay.bootstrap import in_memory
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.domain.scope import Role
from kanchay.services.context import Context
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sign_in import create_owner, create_user
from kanchay.settings import read_settings
from kanchay.web import create_app
from kanchay.web.sessions import TOKEN_LIMIT

PASSWORD = "una frase larga y facil"


class Program:
    """Sends the serving token with every request."""

    def __init__(self, app: Any, home: Path, token: str | None = None) -> None:
        self.app = app
        self.home = home
        self.http = app.test_client()
        if token is None:
            self.http.get("/v2")  # makes the token
            token = (home / "serving.token").read_text().strip()
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return self.http.get(path, headers=self.headers)

    def post(self, path: str, body: Any, **more: str) -> Any:
        sent = {"data": body} if isinstance(body, bytes | str) else {"json": body}
        return self.http.post(path, headers=self.headers | more, **sent)

    def predict(self, body: Any, model: str = "pretrained") -> Any:
        return self.post(f"/v1/models/{model}:predict", body)

    def infer(self, body: Any, model: str = "pretrained", **more: str) -> Any:
        return self.post(f"/v2/models/{model}/infer", body, **more)


@pytest.fixture(scope="session")
def shelf() -> Context:
    """Loaded once: the model is only asked."""
    ctx = in_memory(settings=read_settings(home="/nonexistent-home"))
    ctx.models.load("pretrained")
    return ctx


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving") / "home"


@pytest.fixture(scope="session")
def shared_app(shelf: Context, home: Path) -> Any:
    """Made once: nothing here changes it but the limit on wrong tokens."""
    ctx = replace(in_memory(), models=shelf.models)
    create_owner(ctx, "ana@example.org", "Ana", PASSWORD)
    create_user(
        ctx, operator_scope(), "gob@example.org", "Gob", PASSWORD, role=Role.AGENCY, organisation_id="default"
    )
    return create_app(ctx, read_settings(home=str(home), locale="en"))


@pytest.fixture
def app(shared_app: Any) -> Iterator[Any]:
    TOKEN_LIMIT.clear()
    yield shared_app
    TOKEN_LIMIT.clear()


@pytest.fixture
def program(app: Any, home: Path) -> Program:
    return Program(app, home)


@pytest.fixture(scope="session")
def model(shelf: Context) -> BundleForecaster:
    """The bundle itself; the product holds it to each week (`kanchay.bundle.load.grounded`)."""
    found = shelf.models.load("pretrained")
    assert isinstance(found, GroundedForecaster)
    assert isinstance(found.base, BundleForecaster)
    return found.base


def network_inputs(model: BundleForecaster, n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Random windows as the manifest names and shapes them."""
    rng = np.random.default_rng(seed)
    made = {}
    for entry in model.manifest.inputs:
        shape = [size if isinstance(size, int) else n for size in entry["shape"]]
        name = entry["name"]
        values = (rng.random(shape) > 0.1) if "mask" in name else rng.gamma(2.0, 0.4, shape)
        made[name] = values.astype(np.float32)
    return made


@pytest.fixture(scope="session")
def raw(model: BundleForecaster) -> dict[str, np.ndarray]:
    return network_inputs(model, 3)


def load_rows(n: int, hours: int = 168, seed: int = 2) -> np.ndarray:
    """Hourly kWh of `n` homes with a daily shape and a gap."""
    rng = np.random.default_rng(seed)
    day = 0.3 + 0.25 * np.sin(np.arange(hours) / 24 * 2 * np.pi) ** 2
    rows = day * rng.gamma(20, 1 / 20, (n, hours))
    rows[:, 20:23] = np.nan
    return rows
