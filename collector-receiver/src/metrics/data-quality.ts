import type { CountableEvent } from "../mapping/business-event.ts";
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { AttributeDefinition, VocabularyName } from "@spanledger/sdk/event-catalogue";
import { otherAttribute } from "../mapping/invalid-values.ts";
import { aiCallEvent, hasUnclearCache, isOfSpan } from "./ai-calls.ts";
import { foldValue } from "./attribute-counters.ts";
import { isPlaceholder } from "./customer-ids.ts";
import type { QualityCode } from "./quality-codes.ts";
import type { TicketChange } from "./ticket-changes.ts";
import { meaningOf } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/** One thing in an event that the numbers rest on: a row of `analytics_data_quality` counts it by day and event. */
export interface QualityEntry {
  readonly code: QualityCode;
  /** As the catalogue or the product's own events declare it, else `other`; empty if it is about the whole event. */
  readonly attribute: string;
  /** The word that no list knows, as `foldValue` gives it; the code of a rejection; else empty. */
  readonly detail: string;
}

/** What an entry is about: an event, or a rejected one, which its content hash identifies. */
export interface DoubtfulEvent extends Pick<CountableEvent, "tenantId" | "name" | "occurredAtMs"> {
  readonly eventId?: string;
  /** Hex. */
  readonly contentHash?: string;
}

/** What `analytics_data_quality.example` says of an event. */
export function exampleOf({ occurredAtMs, eventId, contentHash }: DoubtfulEvent): string | null {
  return contentHash ?? (eventId === undefined ? null : `${occurredAtMs}_${eventId}`);
}

const nothing: readonly QualityEntry[] = [];
/** The event came without an id. */
export const derivedIdEntry: QualityEntry = { code: "derived_id", attribute: "", detail: "" };
const placeholder: QualityEntry = { code: "placeholder", attribute: "user_id", detail: "" };
const contradictingDurations: QualityEntry = {
  code: "contradicting_durations",
  attribute: "first_token_ms",
  detail: "",
};
/** How long an agent handled a session, as its release says, is not how long the agent had it. It follows from the session's facts. */
export const contradictingHandleTime: QualityEntry = {
  ...contradictingDurations,
  attribute: "handle_duration_seconds",
};
const unclearCache: QualityEntry = { code: "cache_unclear", attribute: "cached_input_tokens", detail: "" };
const contradictingEnd: QualityEntry = { code: "contradicting_end", attribute: "resolved", detail: "" };
/** The entry of a close, by its code. It follows from the history of the ticket, not from the event alone. */
export const entryOfClose = {
  /** A ticket was closed that was closed already. */
  closed_again: { code: "closed_again", attribute: "", detail: "" },
  /** How long the ticket took, as its close says, is not how long it took. */
  contradicting_durations: { code: "contradicting_durations", attribute: "resolution_duration_hours", detail: "" },
} as const satisfies Record<string, QualityEntry>;

/** The event that closed a ticket. */
export function closeEventOf({ tenantId, kind, atMs, eventId }: TicketChange): DoubtfulEvent {
  return { tenantId, name: kind === "closed" ? "ticket.closed" : "ticket.status_changed", occurredAtMs: atMs, eventId };
}

/** An attribute whose words mean something. */
export interface WordAttribute {
  readonly attribute: string;
  readonly vocabulary: VocabularyName;
}

const wordAttributes: ReadonlyMap<string, readonly WordAttribute[]> = new Map(
  Object.entries(eventCatalogue).flatMap(([name, { attributes }]) => {
    const words = Object.entries<AttributeDefinition>(attributes).flatMap(([attribute, { vocabulary }]) =>
      vocabulary === undefined ? [] : [{ attribute, vocabulary }],
    );
    return words.length === 0 ? [] : [[name, words] as const];
  }),
);

/** The attributes of an event whose words mean something. */
export function wordAttributesOf(eventName: string): readonly WordAttribute[] {
  return wordAttributes.get(eventName) ?? [];
}

/**
 * What is doubtful about an event, a pure function of its row and of the product's own words; each entry once. A clean event has
 * none, and costs a few look-ups.
 */
export function qualityEntriesOf(event: CountableEvent, own: OwnWordLists): readonly QualityEntry[] {
  let entries = event.hasDerivedId && !isOfSpan(event) ? [derivedIdEntry] : nothing;
  if (event.invalid !== undefined) entries = [...entries, ...invalidEntriesOf(event)];
  const words = wordAttributes.get(event.name);
  if (words !== undefined) {
    for (const { attribute, vocabulary } of words) {
      const word = event.attributes[attribute];
      if (typeof word === "string" && meaningOf(vocabulary, word, own) === undefined) {
        entries = [...entries, { code: "unknown_word", attribute, detail: foldValue(word) }];
      }
    }
    const contradiction = contradictionOf(event, own);
    if (contradiction !== undefined) entries = [...entries, contradiction];
  }
  if (event.name === aiCallEvent && hasUnclearCache(event)) entries = [...entries, unclearCache];
  return namesNobody(event) ? [...entries, placeholder] : entries;
}

/** The entries of values that were left out. */
function invalidEntriesOf({ invalid = {} }: CountableEvent): QualityEntry[] {
  const entries = new Map<string, QualityEntry>();
  for (const [name, { code, undeclared }] of Object.entries(invalid)) {
    const attribute = undeclared === true ? otherAttribute : name;
    // Only these codes spoil a value alone.
    entries.set(`${code} ${attribute}`, { code: code as QualityCode, attribute, detail: "" });
  }
  return [...entries.values()];
}

/** A test event counts nowhere, but that its mark was a text or a number is worth knowing. */
export function testMarkEntriesOf(event: CountableEvent): QualityEntry[] {
  return invalidEntriesOf(event).filter(({ attribute }) => attribute === "test");
}

/** The entry of an event that is not counted. */
export function rejectionEntry(code: string): QualityEntry {
  return { code: "rejected", attribute: "", detail: code };
}

function contradictionOf({ name, attributes }: CountableEvent, own: OwnWordLists): QualityEntry | undefined {
  if (name === "session.message") {
    const { first_token_ms: first, response_time_ms: whole } = attributes;
    return typeof first === "number" && typeof whole === "number" && first > whole ? contradictingDurations : undefined;
  }
  if (name !== "session.end") return undefined;
  const { resolved, reason } = attributes;
  if (typeof resolved !== "boolean" || typeof reason !== "string") return undefined;
  const meaning = meaningOf("end_reason", reason, own);
  return meaning === (resolved ? "failed" : "confirmed") ? contradictingEnd : undefined;
}

function namesNobody({ name, attributes: { user_id: userId } }: CountableEvent): boolean {
  if (typeof userId !== "string" || !isPlaceholder(userId)) return false;
  return name.startsWith("session.") || name.startsWith("query.");
}
