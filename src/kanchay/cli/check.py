"""`kanchay check`: what is wrong with the readings of a site or a file, and what a repair would change."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.common import emit_json, input_options, json_option, table
from kanchay.cli.opening import open_context
from kanchay.domain.errors import NotFound

if TYPE_CHECKING:
    from kanchay.analysis.quality.repair import Repair
    from kanchay.domain.issue import Issue

__all__ = ["command"]


@click.command("check")
@input_options
@click.option(
    "--repair", "show_repair", is_flag=True, help="Show what a repair would change; nothing is stored."
)
@click.option("--limit", default=40, show_default=True, help="Longest issues shown in the table (0: all).")
@json_option
@click.pass_context
def command(
    click_ctx: click.Context,
    *,
    input_path: Path | None,
    site_id: str | None,
    tz: str | None,
    country: str | None,
    show_repair: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Gaps, spikes, flat lines, resets, unit and clock slips, negative loads, with their numbers."""
    from kanchay.services.readings.check import check_site, propose_repair

    ctx, scope, site = open_context(click_ctx, input_path, tz, country, site_id)
    if site is None:
        raise NotFound("There is no site yet.", hint="Give --input FILE, or import one: kanchay import FILE.")
    issues = check_site(ctx, scope, site.id)
    repairs = propose_repair(ctx, scope, site.id) if show_repair else []
    if as_json:
        out: dict[str, Any] = {"site": site.id, "timezone": site.tz, "issues": issues}
        if show_repair:
            out["repairs"] = [_summary(r) for r in repairs]
        emit_json(out)
        return
    _print(issues, site.tz, limit)
    for done in repairs:
        s = _summary(done)
        click.echo(
            f"repair {s['point']}: {s['n_imputed']} values imputed ({s['n_filled']} were missing), "
            f"{s['n_still_missing']} stay missing, total {s['total_before']:.3f} → {s['total_after']:.3f}"
        )


def _summary(done: Repair) -> dict[str, Any]:
    import numpy as np

    values = done.panel.values
    before = values.copy()
    before[done.changed] = done.before_values
    return {
        "point": done.panel.points[0],
        "n_imputed": int(done.changed.sum()),
        "n_filled": int(np.isnan(done.before_values).sum()),
        "n_still_missing": int(np.isnan(values).sum()),
        "total_before": float(np.nansum(before)),
        "total_after": float(np.nansum(values)),
    }


def _print(issues: list[Issue], tz: str, limit: int) -> None:
    from kanchay.domain.interval import to_datetime

    counts = Counter((i.point_id, i.kind.value) for i in issues)
    if not issues:
        click.echo("Nothing wrong was found.")
        return
    table(["point", "issue", "count"], [(point, kind, n) for (point, kind), n in sorted(counts.items())])
    click.echo()
    shown = sorted(issues, key=lambda i: i.start - i.end)[: limit or None]
    rows = []
    for issue in sorted(shown, key=lambda i: (i.point_id, i.start)):
        start, end = (to_datetime(t, tz).strftime("%Y-%m-%d %H:%M") for t in (issue.start, issue.end))
        numbers = ", ".join(f"{k} {v:.6g}" for k, v in issue.numbers.items())
        rows.append((issue.point_id, issue.kind.value, issue.severity.value, start, end, numbers))
    table(["point", "issue", "severity", "from", "to", "numbers"], rows)
    if len(shown) < len(issues):
        click.echo(f"The longest {len(shown)} of {len(issues)} are shown; --limit 0 shows all.", err=True)
