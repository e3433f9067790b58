"""Whether a machine can run a version, decided from what both say of themselves."""

from __future__ import annotations

from kanchay.domain.errors import Conflict
from kanchay.domain.model import Capability, ModelNeeds, ModelVersion

__all__ = ["reasons_against", "refuse_unless_able"]


def reasons_against(needs: ModelNeeds, hub: Capability) -> list[str]:
    """Why this hub cannot run it, a clause each; empty where it can."""
    reasons = []
    if needs.format not in hub.formats:
        known = ", ".join(map(str, hub.formats))
        reasons.append(f"it has format {needs.format}, this Kanchay reads {known}")
    if needs.kind not in hub.kinds:
        reasons.append(f"it is of kind '{needs.kind}', this Kanchay knows {', '.join(hub.kinds)}")
    reasons += _no_runtime(needs, hub)
    if needs.memory_mb > hub.memory_mb:
        reasons.append(f"it needs {needs.memory_mb:.0f} MB of memory, {hub.memory_mb:.0f} MB are free")
    return reasons


def _no_runtime(needs: ModelNeeds, hub: Capability) -> list[str]:
    shared = set(needs.runtimes) & set(hub.runtimes)
    if shared - {"onnx"} or ("onnx" in shared and needs.opset <= hub.opset):
        return []
    if "onnx" in shared:
        return [f"its graph needs ONNX opset {needs.opset}, onnxruntime here takes {hub.opset}"]
    return [f"it runs in {', '.join(needs.runtimes) or 'nothing'}, installed are {', '.join(hub.runtimes)}"]


def refuse_unless_able(version: ModelVersion, hub: Capability) -> None:
    """Raise `Conflict` with every reason."""
    reasons = reasons_against(version.needs, hub)
    if reasons:
        raise Conflict(
            f"This machine cannot run '{version.name}' {version.version}: {'; '.join(reasons)}.",
            hint="Nothing was downloaded. Update Kanchay, or pull another version.",
            code="model.capability",
        )
