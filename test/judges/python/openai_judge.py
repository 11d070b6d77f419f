"""Calls models through the package openai, watched by opentelemetry-instrumentation-openai-v2."""

import os

import openai
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

judge = os.environ["JUDGE"]
provider = TracerProvider(resource=Resource({"service.name": judge}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(os.environ["ENDPOINT"] + "/v1/traces")))
OpenAIInstrumentor().instrument(tracer_provider=provider)

client = openai.OpenAI(api_key="none", base_url=os.environ["MODELS_URL"])
messages = [{"role": "user", "content": "How is the weather in Hangzhou?"}]


def ask(scenario, messages=messages, **over):
    return client.chat.completions.create(model=f"{judge}-{scenario}", messages=messages, **over)


def failing(call):
    try:
        call()
    except Exception:
        return
    raise AssertionError("this call should have failed")


def read_all(stream):
    for _ in stream:
        pass


ask("chat")
ask("chat")
ask("cached")
read_all(ask("stream", stream=True, stream_options={"include_usage": True}))
read_all(ask("silent", stream=True))
ask("busy")
failing(lambda: ask("broken"))
failing(lambda: read_all(ask("cut", stream=True)))

parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
tools = [{"type": "function", "function": {"name": "weather", "parameters": parameters}}]
message = ask("tools", tools=tools).choices[0].message
told = [*messages, message, {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "Sunny."}]
ask("tools", messages=told, tools=tools)

client.embeddings.create(model=f"{judge}-embedding", input=["one", "two"], encoding_format="float")

provider.shutdown()
