import { findEventDefinition } from "@spanledger/sdk/event-catalogue";
import type { AttributeDefinition, AttributeUnit, BusinessEventName } from "@spanledger/sdk/event-catalogue";
import type { Locale } from "../../metrics/format-metric.ts";
import { meaningOf } from "../../metrics/words.ts";
import type { SessionEvent } from "../../stats/session-document.ts";
import { eventTexts } from "../events/event-texts.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { labelOf, wordInSentence } from "../words/label-words.ts";
import { timelineTexts } from "./timeline-texts.ts";

const unitMs: Readonly<Partial<Record<AttributeUnit, number>>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

/** Attributes whose values are words of a product: told as people read them. */
const wordAttributes: ReadonlySet<string> = new Set(["reason", "priority", "severity", "status", "to_status"]);

/**
 * An event as a sentence: "AI answered after 3.4 s".
 * @param nameOf the agent's latest name; undefined if it was never told
 */
export function tellEvent(
  event: SessionEvent,
  nameOf: (agentId: number) => string | undefined,
  locale: Locale,
): string {
  const { event_name: name, attributes, agent_id: agentId, ticket_id: ticketId } = event;
  const texts = timelineTexts[locale];
  const definition = findEventDefinition(name);
  if (definition === undefined) return texts.own(name);
  const known: Readonly<Record<string, AttributeDefinition>> = definition.attributes;
  const agentName = (id: number): string => nameOf(id) ?? eventTexts[locale].unnamed(String(id));
  const target = attributes["target_agent_id"] ?? attributes["to_agent_id"];
  return texts.events[name as BusinessEventName]({
    agent: agentId === null ? null : agentName(agentId),
    target: typeof target === "number" ? agentName(target) : null,
    ticket: ticketId === null ? null : `#${ticketId}`,
    // A word of a product's own is told as it is.
    role: typeof attributes["role"] === "string" ? (meaningOf("role", attributes["role"], null) ?? null) : null,
    text: (attribute) => {
      const value = attributes[attribute];
      if (typeof value !== "string") return typeof value === "number" ? String(value) : null;
      if (attribute === "channel") return labelOf(value, locale);
      return wordAttributes.has(attribute) ? wordInSentence(value, locale) : value;
    },
    isTrue: (attribute) => {
      const value = attributes[attribute];
      return typeof value === "boolean" ? value : null;
    },
    time: (attribute) => {
      const value = attributes[attribute];
      const unit = known[attribute]?.unit;
      const ms = unit === undefined ? undefined : unitMs[unit];
      return typeof value === "number" && ms !== undefined ? describeDuration(value * ms, locale) : null;
    },
  }).replaceAll(/ {2,}/g, " ");
}

/** The agents whom a sentence about the event names. */
export function agentsIn({ agent_id: agentId, attributes }: SessionEvent): number[] {
  return [agentId, attributes["target_agent_id"], attributes["to_agent_id"]].filter((id) => typeof id === "number");
}
