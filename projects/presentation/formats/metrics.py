"""The figures of /metrics: each metric is declared here once, with its meaning and where its value comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from projects.presentation.operator import OperatorFigures

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# (value of the label, value of the sample)
_Samples = Iterable[tuple[str, float]]

_GAUGES: dict[str, tuple[str, Callable[[OperatorFigures], float | None]]] = {
    "packages": ("Packages known.", lambda of: of.polling.packages),
    "packages_due": ("Packages due for a poll.", lambda of: of.polling.due),
    "packages_ended": ("Packages not polled again until they are requested.", lambda of: of.polling.ended),
    "packages_queued": ("Packages whose poll waits in the queue.", lambda of: of.polling.queued),
    "packages_being_polled": ("Packages claimed by a worker.", lambda of: of.polling.claimed),
    "packages_failing": ("Packages whose last poll failed.", lambda of: of.polling.failing),
    "packages_never_answered": ("Packages without an answer of an index yet.", lambda of: of.polling.never_answered),
    "oldest_due_seconds": ("Time since the first package became due.", lambda of: _seconds(of.polling.oldest_due)),
    "oldest_queued_seconds": ("Age of the oldest queued poll.", lambda of: _seconds(of.polling.oldest_queued)),
    "events_unprocessed": ("Wheel events not processed yet.", lambda of: of.polling.events_waiting),
    "oldest_event_seconds": ("Age of the oldest unprocessed event.", lambda of: _seconds(of.polling.oldest_event)),
    "releases_unsettled": ("Releases that may still be being uploaded.", lambda of: of.polling.releases_unsettled),
    "last_answer_timestamp_seconds": (
        "Time of the last answer of an index.",
        lambda of: of.polling.last_answer_at.timestamp() if of.polling.last_answer_at is not None else None,
    ),
    "messages_waiting": ("E-mails waiting for their next try.", lambda of: of.messages.waiting),
    "oldest_message_seconds": ("Age of the oldest waiting e-mail.", lambda of: _seconds(of.messages.oldest)),
    "messages_stuck": ("E-mails handed over without a reported result.", lambda of: of.messages.stuck),
    "notes_open": ("Open notes about upstream changes.", lambda of: of.messages.notes),
}
_LABELLED: dict[str, tuple[str, str, Callable[[OperatorFigures], _Samples]]] = {
    "polls_last_day": (
        "Polls of the last 24 hours by outcome.",
        "outcome",
        lambda of: [(count.result, count.polls) for count in of.polls],
    ),
    "page_bytes_last_day": (
        "Bytes of pages read in the last 24 hours by outcome.",
        "outcome",
        lambda of: [(count.result, count.size) for count in of.polls],
    ),
    "messages_last_day": (
        "E-mails made in the last 24 hours by state.",
        "state",
        lambda of: [("sent", of.messages.sent), ("failed", of.messages.failed)],
    ),
    "host_gated_seconds": (
        "Time until a throttled host is sent requests again.",
        "host",
        lambda of: [(host.host, (host.until - of.now).total_seconds()) for host in of.throttled],
    ),
}


class _FiguresCollector(Collector):
    """The figures of one moment: processes share the database, so none of them keeps counters of its own."""

    def __init__(self, figures: OperatorFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (meaning, value_of) in _GAUGES.items():
            value = value_of(self._figures)
            if value is not None:
                yield GaugeMetricFamily(f"wheelway_{name}", meaning, value=value)
        for name, (meaning, label, samples_of) in _LABELLED.items():
            family = GaugeMetricFamily(f"wheelway_{name}", meaning, labels=[label])
            for key, value in samples_of(self._figures):
                family.add_metric([key], value)
            if family.samples:
                yield family


def exposition(figures: OperatorFigures) -> bytes:
    """Return the figures in Prometheus' text format 0.0.4 (`CONTENT_TYPE`)."""
    registry = CollectorRegistry()
    registry.register(_FiguresCollector(figures))
    return generate_latest(registry)


def _seconds(age: timedelta | None) -> float:
    return age.total_seconds() if age is not None else 0.0
