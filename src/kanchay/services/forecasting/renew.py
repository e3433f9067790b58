"""Forecast again where new readings came in: a consumer of the change feed with its own cursor.

A site is forecast at most once per interval of its main meter. A site that fails is tried again later, with
longer and longer pauses, and keeps no other site waiting.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kanchay.domain.errors import NotEnoughData, NotFound
from kanchay.domain.point import Point
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.forecasting.defaults import resolution_of
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.operations.feed import consume
from kanchay.services.readings.series import find_point, main_point, span

__all__ = ["MAX_TRIES", "renew_forecasts"]

CURSOR = "cursor.forecasts"
PENDING = "pending.forecasts"
MAX_TRIES: Final = 6
_FIRST_PAUSE_S: Final = 30

log = logging.getLogger("kanchay.forecasts")


@dataclass(frozen=True, slots=True)
class _Try:
    """A site that failed: how often, not before when, and why."""

    tries: int
    not_before: int
    error: str


def renew_forecasts(ctx: Context, scope: Scope) -> int:
    """Forecast the main point of every site whose readings changed; returns how many were stored."""
    done = 0
    for batch in consume(ctx, scope, CURSOR):
        touched: dict[str, set[str]] = {}
        for change in batch:
            touched.setdefault(change.site_id, set()).add(change.point_id)
        done += _renew_all(ctx, scope, touched)
    now = ctx.clock()
    due: dict[str, set[str]] = {s: set() for s, t in _pending(ctx, scope).items() if t.not_before <= now}
    return done + _renew_all(ctx, scope, due)


def _renew_all(ctx: Context, scope: Scope, touched: dict[str, set[str]]) -> int:
    done = 0
    for site_id, point_ids in touched.items():
        try:
            done += _renew(ctx, scope, site_id, point_ids)
        except (NotFound, NotEnoughData) as error:
            log.info(
                "site %s is not forecast: %s", site_id, error
            )  # it will be when it has a meter and a past
            _settle(ctx, scope, site_id)
        except Exception as error:
            log.exception("forecast of site %s failed", site_id)
            _put_off(ctx, scope, site_id, f"{type(error).__name__}: {error}")
        else:
            _settle(ctx, scope, site_id)
    return done


def _renew(ctx: Context, scope: Scope, site_id: str, point_ids: Iterable[str]) -> int:
    """One site; an empty `point_ids` means that it is tried again."""
    point = main_point(ctx, scope, site_id)
    terms = find_point(ctx, scope, point.id)[1]
    mine = {point.id, *(term.id for _, term in terms)}
    if point_ids and not mine & set(point_ids):
        return 0
    if _is_fresh(ctx, scope, point):
        return 0
    forecast_point(ctx, scope, point.id)
    return 1


def _is_fresh(ctx: Context, scope: Scope, point: Point) -> bool:
    """Whether the newest forecast was issued within the interval in which the data now end."""
    reach = span(ctx, scope, point.id)
    if reach is None:
        return True
    with ctx.records.unit(scope) as uow:
        newest = uow.forecasts.find(point_id=point.id, order="-issued_at", limit=1)
    return bool(newest) and newest[0].issued_at > reach.end - resolution_of(point)


def _pending(ctx: Context, scope: Scope) -> dict[str, _Try]:
    with ctx.records.unit(scope) as uow:
        kept = json.loads(uow.setting(PENDING, "{}"))
    return {site_id: _Try(*row) for site_id, row in kept.items()}


def _save(ctx: Context, scope: Scope, pending: dict[str, _Try]) -> None:
    rows = {site_id: (t.tries, t.not_before, t.error) for site_id, t in pending.items()}
    with ctx.records.unit(scope) as uow:
        uow.set_setting(PENDING, json.dumps(rows))


def _put_off(ctx: Context, scope: Scope, site_id: str, error: str) -> None:
    pending = _pending(ctx, scope)
    tries = (pending[site_id].tries if site_id in pending else 0) + 1
    if tries >= MAX_TRIES:
        log.error("forecast of site %s is given up until new readings come: %s", site_id, error)
        pending.pop(site_id, None)
    else:
        pending[site_id] = _Try(tries, ctx.clock() + _FIRST_PAUSE_S * 2 ** (tries - 1), error)
    _save(ctx, scope, pending)


def _settle(ctx: Context, scope: Scope, site_id: str) -> None:
    pending = _pending(ctx, scope)
    if pending.pop(site_id, None) is not None:
        _save(ctx, scope, pending)
