"""A hub says what it can run, and refuses the rest before it downloads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kanchay.adapters.capability import capability_of, hub_id, newest_opset
from kanchay.bundle.manifest import FORMATS, KIND
from kanchay.domain.errors import Conflict
from kanchay.domain.model import Capability, ModelNeeds
from kanchay.services.models.capability import reasons_against
from kanchay.services.models.pull import pull_model
from kanchay.services.models.push import push_model

NEEDS = ModelNeeds(2, KIND, ("onnx", "numpy"), 15, 20.0)
HUB = Capability("h", "0.1", ("onnx", "numpy"), {}, (1, 2), (KIND,), 26, 100.0)


@pytest.mark.parametrize(
    ("needs", "hub", "reason"),
    [
        ({"format": 3}, {}, "it has format 3, this Kanchay reads 1, 2"),
        ({"kind": "stars"}, {}, "it is of kind 'stars', this Kanchay knows load-quantiles-lstm"),
        ({"memory_mb": 300.0}, {}, "it needs 300 MB of memory, 100 MB are free"),
        ({"runtimes": ("litert",)}, {}, "it runs in litert, installed are onnx, numpy"),
        (
            {"runtimes": ("onnx",), "opset": 30},
            {},
            "its graph needs ONNX opset 30, onnxruntime here takes 26",
        ),
        ({"runtimes": ("onnx",)}, {"runtimes": ("numpy",)}, "it runs in onnx, installed are numpy"),
    ],
)
def test_each_reason_is_told(needs, hub, reason) -> None:
    assert reasons_against(replace(NEEDS, **needs), replace(HUB, **hub)) == [reason]


def test_what_fits_is_not_refused() -> None:
    assert reasons_against(NEEDS, HUB) == []
    assert reasons_against(replace(NEEDS, opset=99), HUB) == []  # NumPy needs no graph
    assert reasons_against(replace(NEEDS, memory_mb=300.0, format=9), HUB) != []


def test_this_machine_says_what_it_has(tmp_path) -> None:
    hub = capability_of(tmp_path)
    assert {"onnx", "numpy"} <= set(hub.runtimes)
    assert hub.formats == FORMATS
    assert hub.memory_mb > 10
    assert hub.hub_id == hub_id(tmp_path) == capability_of(tmp_path).hub_id
    assert len(hub.hub_id) == 32
    assert (tmp_path / "hub_id").stat().st_mode & 0o077 == 0


def test_the_newest_operators_are_tried_not_guessed() -> None:
    import onnxruntime as ort

    from kanchay.adapters.capability import _identity

    newest = newest_opset()
    assert 15 <= newest < 40
    options = ort.SessionOptions()
    options.log_severity_level = 4
    ort.InferenceSession(_identity(newest), options, providers=["CPUExecutionProvider"])
    with pytest.raises(Exception, match=r"(?i)opset"):
        ort.InferenceSession(_identity(newest + 1), options, providers=["CPUExecutionProvider"])


def test_a_hub_refuses_before_the_download(registry, shelf, scope, bundle, monkeypatch) -> None:
    push_model(registry, shelf, scope, bundle("1"), now=1)
    monkeypatch.setattr(shelf, "capability", lambda: replace(HUB, formats=(7,), memory_mb=0.1))
    monkeypatch.setattr(registry, "fetch", lambda *_: pytest.fail("it downloaded"))
    with pytest.raises(Conflict, match="it has format 1, this Kanchay reads 7; it needs") as error:
        pull_model(registry, shelf, scope, "golden", version="1")
    assert error.value.code == "model.capability"
    assert "Nothing was downloaded" in error.value.hint
