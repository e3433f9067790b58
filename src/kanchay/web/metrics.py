"""Counters for Prometheus: requests and their latency, the age of readings, the worker's lag."""

from __future__ import annotations

import time
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Metrics", "init_metrics"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The registry of one app; a label never holds an id, only the name of a route."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        route = ["endpoint", "method", "status"]
        self.requests = Counter("kanchay_http_requests", "Requests answered.", route, registry=self.registry)
        self.latency = Histogram(
            "kanchay_http_request_seconds",
            "Time to answer. [s]",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.readings = Gauge("kanchay_readings", "Current readings in the store.", registry=self.registry)
        self.points = Gauge("kanchay_points", "Points that are known.", registry=self.registry)
        self.reading_age = Gauge(
            "kanchay_last_reading_age_seconds", "Age of the newest reading. [s]", registry=self.registry
        )
        self.worker_age = Gauge(
            "kanchay_worker_age_seconds", "Since the worker last looked. [s]", registry=self.registry
        )
        self.worker_lag = Gauge(
            "kanchay_worker_lag_changes", "Changes the worker has not seen yet.", registry=self.registry
        )
        self.served = Counter(
            "kanchay_served_windows",
            "Windows answered by model serving.",
            ["dialect", "model", "signature"],
            registry=self.registry,
        )


def init_metrics(app: Flask, metrics: Metrics) -> None:
    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _count(response: Response) -> Response:
        name = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        metrics.requests.labels(name, method, response.status_code).inc()
        metrics.latency.labels(name).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response
