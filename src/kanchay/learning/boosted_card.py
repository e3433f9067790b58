"""The card of a boosted model, made from its manifest alone."""

from __future__ import annotations

from typing import Any

from kanchay.bundle.manifest import Manifest
from kanchay.learning.card import told_scores, told_sources

__all__ = ["boosted_card"]

SHOWN = 15


def boosted_card(manifest: Manifest) -> str:
    """The bundle's README.md."""
    network, training = manifest.network, manifest.training
    parts = [
        f"# {manifest.name} {manifest.version}\n",
        "Forecasts the electric load of a home or a building for the next hours, from at most one week of its own"
        " history, without any fitting on that meter. Answers the mean and nine quantiles.\n",
        "## What it is\n",
        f"- {network['trees']} regression trees (LightGBM) with {network['leaves']} leaves together, over"
        f" {network['columns']} named features of each hour to come; ten outputs: the mean and each quantile.",
        f"- They correct the mean of like days: {manifest.preprocessing['target']}.",
        "- Up to seven days ahead, each hour is answered directly; quantiles are put in order, then widened by"
        " factors learned on validation meters.",
        f"- Made {manifest.created}; licence of the model: {manifest.licence}.\n",
        "## What it reads\n",
        *_features(manifest.features, manifest.preprocessing["importance"]),
        "## What it was trained on\n",
        *(f"- {line}" for line in told_sources(training)),
        "",
        f"Rows: {training['rows']}; seed {training['recipe']['seed']}; {training['seconds']} s on"
        f" {training['hardware']}.",
        "Test meters of the development splits were not seen. Training hours end before each meter's test period.\n",
        "## How well it does\n",
        *told_scores(manifest.scores),
        "## What it does not know\n",
        "- No weather. A cold spell shows only once it is in the load.",
        "- Few homes were open for training; commercial data come from one university estate in England.",
    ]
    return "\n".join(parts) + "\n"


def _features(features: list[dict[str, Any]], importance: dict[str, Any]) -> list[str]:
    """The most important features."""
    ranked = sorted(features, key=lambda entry: -entry.get("importance", 0.0))[:SHOWN]
    rows = [
        f"| `{e['name']}` | {e['unit']} | {e['meaning']} | {e.get('importance', 0.0):.4f} |" for e in ranked
    ]
    told = f"Importance: {importance['meaning']}; without any change the loss is {importance['loss']:.4f}."
    return [
        f"The {len(ranked)} most important of {len(features)}. {told}\n",
        "| feature | unit | meaning | importance |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
