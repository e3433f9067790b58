"""The outdoor temperature in the verbs that forecast: leaving it out, and saying what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from kanchay.domain.forecast import TemperatureUse

__all__ = ["temperature_option", "temperature_words", "wants_temperature"]

F = TypeVar("F", bound=Callable[..., Any])

_WANTED: Final = "kanchay.temperature"
_AHEAD: Final = {
    "archived": "the days ahead as they had been forecast",
    "climatology": "the days ahead as the week before, hour by hour",
    "both": "the days ahead as they had been forecast, beyond that as the week before, hour by hour",
}
_NOT: Final = {
    "no_sensor": "no temperature: none is measured",
    "too_little_known": "no temperature: {name} is known for {known:g} of the 168 hours before",
    "not_read": "no temperature: {model} does not read it",
    "left_out": "no temperature, as asked",
}


def temperature_option(function: F) -> F:
    """``--no-temperature``: forecast as if no sensor were there."""
    text = "Leave out the outdoor temperature of the site's sensor or the file's column."
    return click.option("--no-temperature", is_flag=True, expose_value=False, callback=_keep, help=text)(
        function
    )


def _keep(click_ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Kept with the invocation: only what opens a series has to know it."""
    click_ctx.meta[_WANTED] = not value


def wants_temperature(click_ctx: click.Context) -> bool:
    """False with ``--no-temperature``."""
    return bool(click_ctx.meta.get(_WANTED, True))


def temperature_words(use: TemperatureUse | None, model: str) -> list[str]:
    """Whether a forecast read the temperature, from where, and what it took for the days ahead."""
    if use is None:
        return []
    if use.used:
        return [f"with the temperature of {use.name}, {_AHEAD[use.ahead]}"]
    return [_NOT[use.because].format(name=use.name, known=use.known_hours, model=model)]
