"""Business events from Python, with the OpenTelemetry SDK alone.

Each event travels as the event of a short span of its own, marked by `spanledger.event.id`. The provider is
one of its own, apart from the one that traces requests: its sampler keeps everything, whatever is decided for
the trace around it.
"""

import itertools
import os
import time
from collections.abc import Mapping
from uuid import uuid4

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from event_identity import event_id_for, new_event_id

Value = str | bool | int | float

# Events that may wait while nobody answers. The default, 2048, is full after seconds and then drops.
_MAX_WAITING = 100_000
# How long a request is tried again. The default, 10 s, is shorter than the restart of a receiver.
_PATIENCE_SECONDS = 60


class BusinessEvents:
    """Records business events and delivers them by OTLP. Make one at start, `close` it at the end."""

    def __init__(self, service_name: str, tenant: str | None = None) -> None:
        # OTEL_RESOURCE_ATTRIBUTES is read by Resource.create.
        attributes = {"service.name": service_name} | ({} if tenant is None else {"spanledger.tenant": tenant})
        # Not from the environment: OTEL_TRACES_SAMPLER is for traces, and must not thin out what is counted.
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=Resource.create(attributes))
        self._provider.add_span_processor(
            BatchSpanProcessor(_open_exporter(), max_queue_size=_MAX_WAITING, schedule_delay_millis=200)
        )
        self._tracer = self._provider.get_tracer("business-events")
        # With these the receiver sees what never arrived: numbers of a source that are missing.
        self._source_id = str(uuid4())
        self._numbers = itertools.count(1)

    def record(
        self,
        name: str,
        attributes: Mapping[str, Value | None],
        *,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """Records that something happened; returns at once.

        None stands for an attribute that is absent. With `key`, recording again for the same key counts once:
        for jobs and imports that are repeated. The time belongs to the identity, so it has to be given then.
        """
        if key is not None and occurred_at_ns is None:
            raise ValueError(f"{name}: an event with a key needs occurred_at_ns, the time at which it happened")
        at = time.time_ns() if occurred_at_ns is None else occurred_at_ns
        event_id = new_event_id(at) if key is None else event_id_for(name, key)
        present: dict[str, Value] = {name: value for name, value in attributes.items() if value is not None}
        present["spanledger.event.id"] = str(event_id)
        present["spanledger.source.id"] = self._source_id
        present["spanledger.event.seq"] = next(self._numbers)
        # A child of the active span: the trace id leads from a number to the request behind it.
        span = self._tracer.start_span(name, start_time=at)
        span.add_event(name, present, timestamp=at)
        span.end(at)

    def close(self) -> None:
        """Delivers what waits, and waits for it. An event recorded afterwards is lost."""
        self._provider.shutdown()


def _open_exporter() -> SpanExporter:
    """As OTEL_EXPORTER_OTLP_PROTOCOL says; the endpoint is OTEL_EXPORTER_OTLP_ENDPOINT in both."""
    if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf") == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(timeout=_PATIENCE_SECONDS)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(timeout=_PATIENCE_SECONDS)
