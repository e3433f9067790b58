"""What aliases stand for, and which hubs a roll-out reaches."""

from __future__ import annotations

import pytest

from kanchay.domain.errors import Conflict, InputError, NotFound
from kanchay.domain.model import AliasChange
from kanchay.services.models.aliases import AliasState, aliases_of, place_of, version_for
from kanchay.services.models.find import followed_version
from kanchay.services.models.promote import promote_model, roll_back_model
from kanchay.services.models.push import push_model
from kanchay.services.people.policy import worker_scope

NOW = 1_790_000_000
HUBS = [f"hub-{i}" for i in range(2000)]


def change(number: int, version: str, share: float = 1.0, action: str = "promote", alias: str = "champion"):
    return AliasChange(number, NOW, "ana", action, alias, version, share, "because")


def champion(*changes: AliasChange) -> AliasState:
    return aliases_of(changes)["champion"]


def test_the_last_whole_promotion_counts_and_the_order_of_reading_does_not() -> None:
    history = [change(1, "1"), change(2, "2"), change(3, "9", alias="challenger")]
    assert champion(*history).settled == "2"
    assert aliases_of(history[::-1]) == aliases_of(history)
    assert aliases_of(history)["challenger"].settled == "9"


def test_a_stage_keeps_the_rest_where_they_were() -> None:
    state = champion(change(1, "1"), change(2, "2", 0.05))
    got = [version_for(state, "m", hub) for hub in HUBS]
    assert 0.03 < got.count("2") / len(HUBS) < 0.07
    assert got.count("1") == len(HUBS) - got.count("2")


def test_stages_only_grow_and_the_last_reaches_all() -> None:
    reached: list[set[str]] = []
    for share in (0.05, 0.25, 0.75):
        state = champion(change(1, "1"), change(2, "2", share))
        reached.append({hub for hub in HUBS if version_for(state, "m", hub) == "2"})
    assert reached[0] < reached[1] < reached[2]
    state = champion(change(1, "1"), change(2, "2", 0.05), change(3, "2"))
    assert {version_for(state, "m", hub) for hub in HUBS} == {"2"}


def test_it_is_not_always_the_same_hubs_that_go_first() -> None:
    first = {h for h in HUBS if place_of(h, "m", "2") < 0.1}
    second = {h for h in HUBS if place_of(h, "m", "3") < 0.1}
    assert len(first & second) < 0.5 * len(first)
    assert place_of("hub-1", "m", "2") == place_of("hub-1", "m", "2")


def test_rolling_back_ends_a_stage_first_then_goes_back_one_by_one() -> None:
    history = [change(1, "1"), change(2, "2"), change(3, "3", 0.25)]
    assert champion(*history, change(4, "2", action="rollback")) == AliasState(
        "champion", "2", earlier=("1",)
    )
    twice = champion(*history, change(4, "2", action="rollback"), change(5, "1", action="rollback"))
    assert (twice.settled, twice.earlier) == ("1", ())


@pytest.fixture
def three(registry, shelf, scope, bundle):
    """A registry with versions 1, 2 and 3."""
    for i, version in enumerate(("1", "2", "3")):
        push_model(registry, shelf, scope, bundle(version), now=NOW + i)
    return registry


def promote(registry, scope, version: str, share: float = 1.0, why: str = "it is better") -> AliasChange:
    return promote_model(registry, scope, "golden", version, alias="champion", share=share, why=why, now=NOW)


def roll_back(registry, scope) -> AliasChange:
    return roll_back_model(registry, scope, "golden", alias="champion", why="it was worse", now=NOW)


def test_history_remembers_who_when_and_why(three, scope) -> None:
    promote(three, scope, "1")
    promote(three, scope, "2", 0.25, why="  pinball\n0.61 ")
    roll_back(three, scope)
    told = [(c.number, c.at, c.by, c.action, c.version, c.share, c.why) for c in three.changes("golden")]
    assert told == [
        (1, NOW, "operator", "promote", "1", 1.0, "it is better"),
        (2, NOW, "operator", "promote", "2", 0.25, "pinball 0.61"),
        (3, NOW, "operator", "rollback", "1", 1.0, "it was worse"),
    ]
    assert followed_version(three, "golden", "champion", "any").version == "1"


def test_what_cannot_be_promoted_is_told(three, scope) -> None:
    with pytest.raises(Conflict, match="100 % first"):
        promote(three, scope, "1", 0.05)
    with pytest.raises(Conflict, match="nothing before"):
        roll_back(three, scope)
    promote(three, scope, "1")
    with pytest.raises(Conflict, match="champion already"):
        promote(three, scope, "1")
    with pytest.raises(Conflict, match="every hub already"):
        promote(three, scope, "1", 0.5)
    promote(three, scope, "2", 0.25)
    with pytest.raises(Conflict, match="take it from some"):
        promote(three, scope, "2", 0.05)
    with pytest.raises(NotFound, match="It has: 1, 2, 3"):
        promote(three, scope, "4")
    with pytest.raises(InputError, match="--why"):
        promote(three, scope, "3", why="  ")
    for share in (0.0, 1.1, float("nan")):
        with pytest.raises(InputError, match="share"):
            promote(three, scope, "3", share)


def test_two_who_promote_at_once_do_not_both_win(three, scope) -> None:
    promote(three, scope, "1")
    stale = AliasChange(1, NOW, "eva", "promote", "champion", "3", 1.0, "did not look")
    with pytest.raises(Conflict, match="same moment"):
        three.record("golden", stale)
    assert [c.version for c in three.changes("golden")] == ["1"]


def test_only_who_may_administer_changes_anything(three, bundle, shelf) -> None:
    from kanchay.domain.errors import AccessDenied
    from kanchay.services.models.pull import pull_model

    worker = worker_scope()
    for attempt in (
        lambda: promote(three, worker, "1"),
        lambda: roll_back(three, worker),
        lambda: push_model(three, shelf, worker, bundle("5"), now=NOW),
        lambda: pull_model(three, shelf, worker, "golden", version="1"),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    assert three.changes("golden") == []
