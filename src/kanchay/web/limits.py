"""How often one may try: a sliding window in memory, a process wide."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

__all__ = ["RateLimit"]


@dataclass
class RateLimit:
    """At most `n` failures within `seconds` for a key; the oldest keys are forgotten beyond `keys`."""

    n: int
    seconds: int
    keys: int = 10_000
    _seen: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: str, now: float) -> int:
        """Seconds until the key may try again; 0 when it may now."""
        with self._lock:
            tries = self._tries(key, now)
            return 0 if len(tries) < self.n else max(1, int(tries[0] + self.seconds - now) + 1)

    def failed(self, key: str, now: float) -> None:
        with self._lock:
            tries = self._seen.setdefault(key, deque(maxlen=self.n))
            tries.append(now)
            while len(self._seen) > self.keys:
                self._seen.pop(next(iter(self._seen)))

    def worked(self, key: str) -> None:
        with self._lock:
            self._seen.pop(key, None)

    def clear(self) -> None:
        """Forget everybody's tries."""
        with self._lock:
            self._seen.clear()

    def _tries(self, key: str, now: float) -> deque[float]:
        tries = self._seen.get(key, deque())
        while tries and tries[0] <= now - self.seconds:
            tries.popleft()
        return tries
