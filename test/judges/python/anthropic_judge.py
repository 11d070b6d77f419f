"""Calls models through the package anthropic."""

import os

import anthropic
from tracing import failing, judge, provider, read_all, watch

watch("AnthropicInstrumentor")
client = anthropic.Anthropic(api_key="none", base_url=os.environ["MODELS_URL"].removesuffix("/v1"))


def asked(scenario):
    messages = [{"role": "user", "content": "How is the weather in Hangzhou?"}]
    return {"model": f"{judge}-claude-{scenario}", "max_tokens": 100, "messages": messages}


client.messages.create(**asked("chat"))
client.messages.create(**asked("cached"))
client.messages.create(**asked("busy"))
failing(lambda: client.messages.create(**asked("broken")))
read_all(client.messages.create(**asked("cached-stream"), stream=True))
with client.messages.stream(**asked("helper-stream")) as stream:
    read_all(stream.text_stream)

provider.shutdown()
