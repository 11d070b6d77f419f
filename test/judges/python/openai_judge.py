"""Calls models through the package openai."""

import os

import openai
from tracing import failing, judge, provider, read_all, watch

watch("OpenAIInstrumentor")
client = openai.OpenAI(api_key="none", base_url=os.environ["MODELS_URL"])
messages = [{"role": "user", "content": "How is the weather in Hangzhou?"}]


def ask(scenario, messages=messages, **over):
    return client.chat.completions.create(model=f"{judge}-{scenario}", messages=messages, **over)


def respond(scenario, **over):
    return client.responses.create(model=f"{judge}-{scenario}", input="Hello", **over)


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
told = [*messages, message.to_dict(), {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "Sunny."}]
ask("tools", messages=told, tools=tools)

respond("responses")
respond("responses-cached")
read_all(respond("responses-stream", stream=True))
failing(lambda: respond("responses-broken"))
client.embeddings.create(model=f"{judge}-embedding", input=["one", "two"], encoding_format="float")

provider.shutdown()
