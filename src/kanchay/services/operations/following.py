"""Work that follows the readings, site by site: a consumer of the change feed with its own cursor.

A site that fails is tried again later, with longer and longer pauses, and keeps no other site waiting. Work
that came too early says when it wants to be asked again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kanchay.domain.errors import NotEnoughData, NotFound
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.operations.feed import consume

__all__ = ["MAX_TRIES", "Follower", "NotYet"]

MAX_TRIES: Final = 6
_FIRST_PAUSE_S: Final = 30

SiteWork = Callable[[Context, Scope, str, frozenset[str]], int]
"""What is done for a site: the points that changed, none when it is asked again; returns how much was done."""


class NotYet(Exception):
    """The work came too early; it is asked again at `at` without counting as a failure. [s]"""

    def __init__(self, at: int) -> None:
        super().__init__(f"not before {at}")
        self.at = at


@dataclass(frozen=True, slots=True)
class _Try:
    """A site that waits: how often it failed, not before when, and why."""

    tries: int
    not_before: int
    error: str


class Follower:
    """Does `work` for every site whose readings changed. Its cursor and the sites that wait are in the records."""

    def __init__(self, name: str, work: SiteWork) -> None:
        self._work = work
        self.cursor = f"cursor.{name}"
        self.pending = f"pending.{name}"
        self._log = logging.getLogger(f"kanchay.{name}")

    def run(self, ctx: Context, scope: Scope) -> int:
        """All changes since the cursor, then the sites whose time has come; returns how much was done."""
        done = 0
        for batch in consume(ctx, scope, self.cursor):
            touched: dict[str, set[str]] = {}
            for change in batch:
                touched.setdefault(change.site_id, set()).add(change.point_id)
            done += sum(self._site(ctx, scope, site, frozenset(points)) for site, points in touched.items())
        now = ctx.clock()
        due = [site for site, waits in self._waiting(ctx, scope).items() if waits.not_before <= now]
        return done + sum(self._site(ctx, scope, site, frozenset()) for site in due)

    def _site(self, ctx: Context, scope: Scope, site_id: str, point_ids: frozenset[str]) -> int:
        try:
            done = self._work(ctx, scope, site_id, point_ids)
        except NotYet as early:
            self._keep(ctx, scope, site_id, _Try(0, early.at, ""))
            return 0
        except (NotFound, NotEnoughData) as error:  # it will be done when there is a meter and a past
            self._log.info("site %s is left out: %s", site_id, error)
            done = 0
        except Exception as error:
            self._log.exception("work for site %s failed", site_id)
            self._put_off(ctx, scope, site_id, f"{type(error).__name__}: {error}")
            return 0
        self._keep(ctx, scope, site_id, None)
        return done

    def _put_off(self, ctx: Context, scope: Scope, site_id: str, error: str) -> None:
        waits = self._waiting(ctx, scope).get(site_id)
        tries = (waits.tries if waits else 0) + 1
        if tries >= MAX_TRIES:
            self._log.error("site %s is given up until new readings come: %s", site_id, error)
            self._keep(ctx, scope, site_id, None)
        else:
            again = ctx.clock() + _FIRST_PAUSE_S * 2 ** (tries - 1)
            self._keep(ctx, scope, site_id, _Try(tries, again, error))

    def _waiting(self, ctx: Context, scope: Scope) -> dict[str, _Try]:
        with ctx.records.unit(scope) as uow:
            kept = json.loads(uow.setting(self.pending, "{}"))
        return {site_id: _Try(*row) for site_id, row in kept.items()}

    def _keep(self, ctx: Context, scope: Scope, site_id: str, waits: _Try | None) -> None:
        waiting = self._waiting(ctx, scope)
        if waiting.get(site_id) == waits:
            return
        waiting.pop(site_id, None)
        if waits is not None:
            waiting[site_id] = waits
        rows = {site: (t.tries, t.not_before, t.error) for site, t in waiting.items()}
        with ctx.records.unit(scope) as uow:
            uow.set_setting(self.pending, json.dumps(rows))
