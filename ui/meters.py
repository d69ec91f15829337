"""What a server counts, for Prometheus. The only importer of prometheus_client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rag.types import Answer, Status, Verdict

STATES = ("searching", "waiting", "writing")
OUTCOMES = (*get_args(Status), "cancelled", "failed")
VERDICTS = get_args(Verdict)
# Seconds: from a search over an answer of a large model to a long queue.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)


class Meters:
    """The counters of one server, each starting at nothing.

    Attributes:
        questions: Questions by outcome.
        refused: Questions turned away because too many were being answered.
        sentences: Sentences of answers by verdict.
        phases: Seconds of answers by phase, as in ``Answer.timings``.
        requests: Requests by method, path as documented, and status.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self.questions = Counter("pullquote_questions", "Questions asked", ["outcome"], registry=self._registry)
        self.refused = Counter("pullquote_refused", "Questions turned away: too many", registry=self._registry)
        self.sentences = Counter("pullquote_sentences", "Sentences of answers", ["verdict"], registry=self._registry)
        self.phases = Histogram(
            "pullquote_phase_seconds", "Answers by phase", ["phase"], buckets=_BUCKETS, registry=self._registry
        )
        self.requests = Counter(
            "pullquote_requests", "HTTP requests", ["method", "path", "status"], registry=self._registry
        )
        self._open = Gauge("pullquote_open_questions", "Questions by state", ["state"], registry=self._registry)
        for outcome in OUTCOMES:
            self.questions.labels(outcome)
        for verdict in VERDICTS:
            self.sentences.labels(verdict)
        for name in STATES:
            self._open.labels(name)

    def watch(self, figures: Callable[[], dict[str, float]]) -> None:
        """Tell what the chatbot says of itself too, as it is when somebody looks: ``pullquote_chatbot{figure="…"}``."""
        self._registry.register(_Figures(figures))

    def state(self, name: str) -> State:
        """A question that is in this state until it moves on."""
        return State(self._open, name)

    def answered(self, answer: Answer) -> None:
        """Count an answer's phases and verdicts."""
        for phase, seconds in answer.timings.items():
            self.phases.labels(phase).observe(seconds)
        for citation in answer.citations:
            self.sentences.labels(citation.verdict).inc()

    def page(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return generate_latest(self._registry)


class State:
    """Where one open question is: searching, waiting for the model, or being written."""

    def __init__(self, gauge: Gauge, name: str) -> None:
        self._gauge = gauge
        self._name = name
        gauge.labels(name).inc()

    def move(self, name: str) -> None:
        """Go on to another state; a state it is in already is fine."""
        if name != self._name:
            self._gauge.labels(self._name).dec()
            self._gauge.labels(name).inc()
            self._name = name

    def end(self) -> None:
        """The question is no longer open."""
        self._gauge.labels(self._name).dec()


class _Figures(Collector):
    """Figures that are asked for each time."""

    def __init__(self, figures: Callable[[], dict[str, float]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """One gauge, a sample a figure."""
        gauge = GaugeMetricFamily("pullquote_chatbot", "Askers, computed passages, cache hits", labels=["figure"])
        for name, value in self._figures().items():
            gauge.add_metric([name], value)
        yield gauge
