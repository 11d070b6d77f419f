import type { CountableEvent } from "../mapping/business-event.ts";
import type { AgentChange } from "./counter-change.ts";

/** Keeps the name in an event if it is the latest of its agent: by (time, event id). */
export function noteAgentName(
  change: AgentChange,
  { occurredAtMs, eventId, attributes: { agent_name: name } }: CountableEvent,
): void {
  if (typeof name !== "string") return;
  const isLater =
    change.name === null ||
    occurredAtMs > change.nameAtMs ||
    (occurredAtMs === change.nameAtMs && eventId > change.nameEventId);
  if (!isLater) return;
  change.name = name;
  change.nameAtMs = occurredAtMs;
  change.nameEventId = eventId;
}
