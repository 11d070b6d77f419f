"""Identities of business events: what makes two deliveries one event."""

import secrets
from uuid import UUID, uuid5

# Random, once; a name hashed below it is ours.
_NAMESPACE = UUID("5d7a3f0e-2c1b-4e57-9f63-8a4c1be20d94")


def new_event_id(occurred_at_ns: int) -> UUID:
    """A UUIDv7 (RFC 9562, 5.7) of the event's time, in nanoseconds since 1970; random in its other 74 bits."""
    milliseconds = occurred_at_ns // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def event_id_for(name: str, key: str) -> UUID:
    """The same UUIDv5 each time that this event is recorded for this key: an order, a job, a line of an import."""
    return uuid5(_NAMESPACE, f"{name}|{key}")
