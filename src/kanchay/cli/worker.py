"""`kanchay worker`: the worker alone, until it is stopped."""

from __future__ import annotations

import logging
import signal

import click

from kanchay.cli.opening import open_context, settings_of

__all__ = ["command"]


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, then end.")
@click.pass_context
def command(click_ctx: click.Context, once: bool) -> None:
    """Run roll-ups and forecasts as readings come in. Ends on Ctrl-C or SIGTERM after the job under way."""
    from kanchay.runtime.worker import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    ctx, _, _ = open_context(click_ctx, needs_site=False)
    worker = Worker(ctx, interval_s=settings_of(click_ctx).worker_interval)
    if once:
        click.echo(f"{worker.look()} done")
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    worker.run()
