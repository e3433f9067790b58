"""The model card: what a person must know before trusting the model, made from the manifest alone."""

from __future__ import annotations

from typing import Any

from kanchay.bundle.manifest import BOOSTED, Manifest

__all__ = ["model_card", "told_scores", "told_sources"]


def model_card(manifest: Manifest) -> str:
    """The bundle's README.md."""
    if manifest.kind == BOOSTED:
        from kanchay.learning.boosted_card import boosted_card

        return boosted_card(manifest)
    training = manifest.training
    parts = [
        f"# {manifest.name} {manifest.version}\n",
        "Forecasts the electric load of a home or a building for any of the next seven days, from at most one week of"
        " its own history, without any fitting on that meter. Answers the mean and nine quantiles.\n",
        "## What it is\n",
        f"- An LSTM over {manifest.lookback_h} hours in patches of {manifest.network['patch']}, an LSTM over the"
        f" {manifest.horizon_h} hours of the day asked for, attention between them;{_members(manifest)}"
        f" {training.get('weights', '?')} weights.",
        "- It is told which day ahead is asked for; no day is fed with another's forecast.",
        "- It reads the outdoor temperature where there is one, past and forecast, with a mask.",
        "- Everything is scaled by the window's own known hours, inside the graph.",
        "- The median is a learned mean of the same hour of the last seven days plus a shift; quantiles never cross.",
        f"- Made {manifest.created}; licence of the weights: {manifest.licence}.\n",
        "## What it was trained on\n",
        *(f"- {line}" for line in told_sources(training)),
        "",
        f"Windows drawn: {training.get('windows', '?')}; seed {training.get('recipe', {}).get('seed', '?')};"
        f" {training.get('hours', '?')} hours on {training.get('hardware', '?')}.",
        _unseen(training),
        "## How well it does\n",
        *told_scores(manifest.scores),
        "## What it does not know\n",
        "- What weather does was learned from simulated air and its effect laid over measured windows, since no open"
        " weather may train weights that ship.",
        "- Few homes were open for training; homes gain little over the naive forecast, buildings much.",
        "- Measured commercial training data come from one university estate in England. Other trades are learned from"
        " loads drawn by rule; other climates and trades were only tested on.",
        "- Alone it still expects an office left within the week to work on the weekday that it last worked; what"
        " Kanchay answers is held to the week (docs/concepts/held-to-its-week.md).",
        "- From the second day on the band is widened by factors learned on validation meters.",
    ]
    return "\n".join(parts) + "\n"


def _members(manifest: Manifest) -> str:
    count = manifest.network.get("members", 1)
    return "" if count == 1 else f" {count} such networks, trained apart, answer with their mean;"


def _unseen(training: dict[str, Any]) -> str:
    left = training.get("left_out")
    if left:
        return (
            f"**For measuring only, not to be shipped**: nothing of {', '.join(left)} was seen, but other sets were whose"
            " licence allows no weights.\n"
        )
    return "Test meters of the development splits were not seen. Training hours end before each meter's test period.\n"


def told_sources(training: dict[str, Any]) -> list[str]:
    """Files with address, licence and sha256, and what was simulated."""
    return [
        f"{f['dataset']} ({f.get('licence', 'see source')}): {f.get('url', '')}, `{f['file']}`, sha256 `{f['sha256']}`"
        for f in training.get("files", [])
    ] + [f"simulated: {s}" for s in training.get("simulated", [])]


def told_scores(scores: dict[str, Any]) -> list[str]:
    """A table of the scores by kind of meter."""
    if not scores:
        return ["Not scored yet.\n"]
    lines = [
        f"By `{scores.get('command', '')}` on the test meters of the splits, against the 7-day ensemble:\n"
    ]
    lines += [
        "| kind | meters | CV(RMSE), paired median | 95 % interval | pinball, paired median | 80 % band covers |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    for kind, row in scores.get("kinds", {}).items():
        low, high = row["interval"]
        lines.append(
            f"| {kind} | {row['meters']} | {row['ratio']:.3f} | {low:.3f} to {high:.3f} | {row['pinball']:.3f} |"
            f" {100 * row['coverage80']:.0f} % |"
        )
    return [*lines, ""]
