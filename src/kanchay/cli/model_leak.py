"""`kanchay model leak-test`: does a forecast hang on what it must not know?"""

from __future__ import annotations

from typing import Any

import click

from kanchay.cli.common import emit_json, json_option
from kanchay.cli.model_common import shelf_of

__all__ = ["leak"]


@click.command("leak-test")
@click.argument("model", default="pretrained")
@json_option
@click.pass_context
def leak(click_ctx: click.Context, model: str, *, as_json: bool) -> None:
    """Scramble everything at and after the time of issue: mean and quantiles must stay the same to the bit."""
    from kanchay.analysis.leak import leak_test

    report = leak_test(shelf_of(click_ctx).load(model))
    if as_json:
        emit_json({"model": model, "passed": report.passed, **_fields(report)})
    else:
        click.echo(f"{model}: {report.n_forecasts} pairs of forecasts, {len(report.differing)} differ")
        for line in report.differing:
            click.echo(f"  {line}")
    if not report.passed:
        click_ctx.exit(1)


def _fields(report: Any) -> dict[str, Any]:
    return {"n_forecasts": report.n_forecasts, "differing": list(report.differing)}
