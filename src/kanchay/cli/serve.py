"""`kanchay serve`: pages, API and worker in one process."""

from __future__ import annotations

import logging
import signal
import threading
import webbrowser
from typing import Any

import click

from kanchay.domain.errors import SettingError
from kanchay.services.context import Context
from kanchay.settings import Settings, read_settings

__all__ = ["command", "serve"]

_THREADS = 6
_DEMO_EVERY_S = 60
_PATIENCE_S = 30  # with a job under way
log = logging.getLogger("kanchay.serve")


@click.command("serve")
@click.option("--host", help="Address to listen on (KANCHAY_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (KANCHAY_PORT).")
@click.option(
    "--demo",
    is_flag=True,
    help="Fill an empty store with a simulated home and building; sign in by itself, on this machine only.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the first page in the browser.")
@click.pass_context
def command(
    click_ctx: click.Context, host: str | None, port: int | None, demo: bool, open_browser: bool
) -> None:
    """Serve pages, API and worker until Ctrl-C or SIGTERM."""
    from kanchay.bootstrap import open_product

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    home = (click_ctx.find_root().obj or {}).get("home")
    settings = read_settings(home=home, host=host, port=None if port is None else str(port))
    ctx = open_product(settings)
    if serve(ctx, settings, demo=demo, open_browser=open_browser):
        ctx.readings.close()
        ctx.records.close()


def serve(ctx: Context, settings: Settings, *, demo: bool = False, open_browser: bool = False) -> bool:
    """Listen until a signal comes; the worker and the demo's clock run beside it and end with it.

    Returns whether all of them ended: only then may the stores be closed.
    """
    server = _server(ctx, settings, demo=demo)
    stop, running = threading.Event(), threading.Event()
    _end_on_signals(stop, running)
    beside: list[threading.Thread] = []
    worker = None
    try:
        running.set()
        if demo:
            _fill_demo(ctx)
            beside.append(_advance_in_thread(ctx, stop))
        worker, thread = _worker(ctx, settings)
        beside.append(thread)
        address = _announce(ctx, settings, server.effective_port, demo=demo)
        if open_browser:
            webbrowser.open(address)
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        running.clear()
        stop.set()
        if worker is not None:
            worker.stop()
        server.close()
        for each in beside:
            each.join(timeout=_PATIENCE_S)
    click.echo("Stopped; everything is stored.", err=True)
    return not any(each.is_alive() for each in beside)


def _server(ctx: Context, settings: Settings, *, demo: bool) -> Any:
    """Waitress bound to the address; a taken port is told before anything else is done."""
    from waitress.server import create_server

    from kanchay.web import create_app

    app = create_app(ctx, settings, demo=demo)
    try:
        return create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=_THREADS,
            ident="kanchay",
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1024 * 1024,
            # Left in place: whoever comes through a proxy is not on this machine (the demo signs only those in).
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise SettingError(
            f"Port {settings.port} of {settings.host} cannot be used: {error.strerror or error}.",
            hint=f"Give another: --port {settings.port + 1}.",
        ) from error


def _worker(ctx: Context, settings: Settings) -> tuple[Any, threading.Thread]:
    from kanchay.runtime.worker import start_in_thread

    return start_in_thread(ctx, interval_s=settings.worker_interval)


def _announce(ctx: Context, settings: Settings, port: int, *, demo: bool) -> str:
    """Print where it is, and the one-time link while nobody owns it."""
    from kanchay.services.people.sign_in import has_owner, one_time_link

    name = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}/"
    click.echo(f"Kanchay serves on {address}")
    owned = has_owner(ctx)
    if demo and owned:
        click.echo("Demo: both sites are simulated. Somebody owns this product: sign in with a password.")
    elif demo:
        click.echo("Demo: both sites are simulated; a browser on this machine is signed in by itself.")
    elif not owned:
        click.echo(
            f"Nobody owns it yet. Open this link once, within a day:\n{address}claim/{one_time_link(ctx)}"
        )
    return address


def _fill_demo(ctx: Context) -> None:
    """Load the demo where it is not there, and look at it once, so that the first page has something to say."""
    from kanchay.cli.common import progress
    from kanchay.services.findings.renew import look_at_site
    from kanchay.services.people.policy import operator_scope
    from kanchay.simulate.demo import DEMO_SITES, load_demo

    click.echo("Filling the demo: a home and an office, simulated.", err=True)
    with progress("simulating", len(DEMO_SITES)) as advance:
        load_demo(ctx, operator_scope(), now=ctx.clock(), progress=lambda _: advance(1))
    for site_id in DEMO_SITES:
        look_at_site(ctx, operator_scope(), site_id)


def _advance_in_thread(ctx: Context, stop: threading.Event) -> threading.Thread:
    """Let the simulated sites live on."""
    from kanchay.services.people.policy import operator_scope
    from kanchay.simulate.demo import advance_demo

    def run() -> None:
        while not stop.wait(_DEMO_EVERY_S):
            try:
                advance_demo(ctx, operator_scope(), now=ctx.clock())
            except Exception:  # the demo's clock must not end with one bad minute
                log.exception("the demo could not be advanced")

    thread = threading.Thread(target=run, name="kanchay-demo", daemon=True)
    thread.start()
    return thread


def _end_on_signals(stop: threading.Event, running: threading.Event) -> None:
    """SIGINT and SIGTERM end the loop; a store in use elsewhere is never torn away from under it."""

    def end(*_: object) -> None:
        stop.set()
        if running.is_set():
            raise SystemExit(0)

    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, end)
