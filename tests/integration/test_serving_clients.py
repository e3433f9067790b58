"""`kanchay serve` asked by clients that others wrote: Triton's for Open Inference, requests for TensorFlow Serving.

TensorFlow Serving's REST API has no client of its own: its documents use plain HTTP, and so does this test.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import kanchay as kc
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.load import grounded

pytestmark = pytest.mark.slow
HOURS = 24 * 14


@dataclass
class Server:
    """Where it listens, and the token of its folder."""

    port: int
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """New each time: Triton's client writes the length of its JSON into the mapping that it is handed."""
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kanchay.cli", "--home", str(home), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    _wait(port, process)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v2", timeout=60)  # makes the token
    yield Server(port, (home / "serving.token").read_text().strip())
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout.read()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/health/ready", timeout=60):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError("not served within three minutes")


@pytest.fixture(scope="module")
def model() -> BundleForecaster:
    return kc.load_model("pretrained").base


def load(n: int, hours: int = 168) -> np.ndarray:
    rng = np.random.default_rng(5)
    rows = (0.3 + 0.2 * np.sin(np.arange(hours) / 24 * 2 * np.pi) ** 2) * rng.gamma(20, 1 / 20, (n, hours))
    rows[:, 50:53] = np.nan
    return rows


def test_tritons_client(server: Server, model: BundleForecaster) -> None:
    triton = pytest.importorskip("tritonclient.http", reason="pip install 'tritonclient[http]'")
    with triton.InferenceServerClient(f"127.0.0.1:{server.port}") as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("pretrained", headers=server.headers)
        assert client.get_server_metadata(headers=server.headers)["name"] == "kanchay"
        number = model.manifest.version.split(".")[0]
        described = client.get_model_metadata(
            "pretrained.forecast", model_version=number, headers=server.headers
        )
        assert [t["name"] for t in described["outputs"]] == ["start", "mean", "quantiles", "notes"]
        for binary in (True, False):
            _ask_the_network(triton, client, model, server, binary)
            _ask_for_a_forecast(triton, client, model, server, binary)
        with pytest.raises(triton.InferenceServerException, match="unknown model: 'nope'"):
            client.get_model_metadata("nope", headers=server.headers)
        with pytest.raises(triton.InferenceServerException, match="Sign in") as refused:
            client.get_model_metadata("pretrained")
        assert refused.value.status() == "401"


def _input(triton, name: str, values: np.ndarray, kind: str, binary: bool):
    tensor = triton.InferInput(name, list(values.shape), kind)
    return tensor.set_data_from_numpy(values, binary_data=binary)


def _ask_the_network(triton, client, model: BundleForecaster, server: Server, binary: bool) -> None:
    rng = np.random.default_rng(6)
    raw = {
        e["name"]: rng.random([x if isinstance(x, int) else 4 for x in e["shape"]]).astype(np.float32)
        for e in model.manifest.inputs
    }
    inputs = [_input(triton, name, a, "FP32", binary) for name, a in raw.items()]
    wanted = [triton.InferRequestedOutput("forecast", binary_data=binary)]
    answer = client.infer("pretrained", inputs, outputs=wanted, request_id="7", headers=server.headers)
    assert answer.get_response()["id"] == "7"
    assert np.array_equal(answer.as_numpy("forecast"), model.runtime.run(raw))


def _ask_for_a_forecast(triton, client, model: BundleForecaster, server: Server, binary: bool) -> None:
    rows = load(2)
    # Triton's client writes NaN as a token into JSON; binary tensors carry it as it is.
    texts = {"issued_at": ["1787202000"] * 2, "tz": ["America/Lima"], "country": ["PE"], "horizon": ["72h"]}
    inputs = [_input(triton, "load", rows, "FP64", binary)]
    inputs += [_input(triton, k, np.array(v, dtype=object), "BYTES", binary) for k, v in texts.items()]
    answer = client.infer(
        "pretrained.forecast", inputs, headers=server.headers
    )  # without a wish: all outputs, as bytes
    windows = Windows(rows, np.full(2, 1787202000), 3600, 72, "America/Lima", "PE")
    want = grounded(model).predict(windows)
    assert np.array_equal(answer.as_numpy("mean"), want.mean)
    assert np.array_equal(answer.as_numpy("quantiles"), want.quantiles)
    assert np.array_equal(answer.as_numpy("start"), windows.target_starts)
    assert [note.decode() for note in answer.as_numpy("notes")] == ["", ""]


def test_requests_by_the_words_of_tensorflow_serving(server: Server, model: BundleForecaster) -> None:
    requests = pytest.importorskip("requests")
    base = f"http://127.0.0.1:{server.port}/v1/models/pretrained"
    session = requests.Session()
    session.headers.update(server.headers)
    assert session.get(base).json()["model_version_status"][0]["state"] == "AVAILABLE"
    signature = session.get(f"{base}/metadata").json()["metadata"]["signature_def"]["signature_def"]
    n_hours = int(signature["serving_default"]["inputs"]["load"]["tensor_shape"]["dim"][1]["size"])
    rows = load(3, n_hours)
    body = {
        "signature_name": "forecast",
        "instances": [
            {"load": [None if np.isnan(x) else x for x in row], "issued_at": "2026-08-20T00:00", "tz": "America/Lima"}
            for row in rows.tolist()
        ],
    }  # fmt: skip
    answer = session.post(f"{base}:predict", json=body)
    assert answer.status_code == 200, answer.text
    want = grounded(model).predict(Windows(rows, np.full(3, 1787202000), 3600, 24, "America/Lima"))
    assert [row["mean"] for row in answer.json()["predictions"]] == want.mean.tolist()
    wrong = session.post(f"{base}/versions/99:predict", json=body)
    assert (wrong.status_code, list(wrong.json())) == (404, ["error"])


def test_the_command_line_says_the_same(server: Server, tmp_path: Path) -> None:
    start = np.datetime64("2026-03-02T05:00:00")  # midnight in Lima
    values = load(1, HOURS)[0]
    known = [(start + np.timedelta64(i, "h"), v) for i, v in enumerate(values.tolist()) if v == v]
    file = tmp_path / "meter.csv"
    file.write_text("\n".join(["timestamp,energy_kwh", *(f"{t}Z,{v!r}" for t, v in known)]), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "kanchay.cli", "forecast", "--input", str(file), "--model", "pretrained",
         "--tz", "America/Lima", "--country", "PE", "--horizon", "48h", "--json"],
        capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"KANCHAY_HOME": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    (printed,) = json.loads(run.stdout)["forecasts"]
    inputs = {
        "load": [[None if np.isnan(x) else x for x in values[-168:].tolist()]],
        "issued_at": [str(start + np.timedelta64(HOURS, "h")) + "Z"],
        "tz": "America/Lima", "country": "PE", "horizon": "48h",
    }  # fmt: skip
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/models/pretrained:predict",
        json.dumps({"signature_name": "forecast", "inputs": inputs}).encode(),
        server.headers,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        served = json.load(answer)["outputs"]
    # A small file is answered by the NumPy runtime, the server runs onnxruntime: alike to 1e-5 of the meter's scale.
    alike = {"rtol": 0, "atol": 1e-5 * float(np.nanmean(values))}
    np.testing.assert_allclose(served["mean"][0], [row["mean"] for row in printed["rows"]], **alike)
    names = [name for name in printed["rows"][0] if name.startswith("q")]
    told = [[row[name] for name in names] for row in printed["rows"]]
    np.testing.assert_allclose(served["quantiles"][0], told, **alike)
