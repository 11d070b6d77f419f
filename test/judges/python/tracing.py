"""What the judges in Python share: spans of the service JUDGE go to ENDPOINT."""

import importlib
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

judge = os.environ["JUDGE"]
provider = TracerProvider(resource=Resource({"service.name": judge}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(os.environ["ENDPOINT"] + "/v1/traces")))


def watch(instrumentor):
    """Starts the instrumentation that INSTRUMENTATION names as a module, by the name of its class."""
    module = importlib.import_module(os.environ["INSTRUMENTATION"])
    getattr(module, instrumentor)().instrument(tracer_provider=provider)


def failing(call):
    try:
        call()
    except Exception:
        return
    raise AssertionError("this call should have failed")


def read_all(stream):
    for _ in stream:
        pass
