import { commonAttributes, findEventDefinition, vocabularies } from "@spanledger/sdk/event-catalogue";
import type { VocabularyName } from "@spanledger/sdk/event-catalogue";
import { invalidKey, otherAttribute } from "../mapping/invalid-values.ts";
import type { InvalidNotes } from "../mapping/invalid-values.ts";
import type { CustomCounting, CustomRule } from "../metrics/custom-counting.ts";
import { aiCallEvent, aiPriceKeys, priceWordOf } from "../metrics/ai-calls.ts";
import { countedValueOf, otherValue } from "../metrics/attribute-counters.ts";
import { attributeCountersOf } from "../metrics/own-segments.ts";
import { meaningOf, wordsOf } from "../metrics/words.ts";
import type { ValueRule } from "../metrics/attribute-counters.ts";
import type { OwnWordLists } from "../metrics/words.ts";

/** Identifiers that are replaced, by what they were. */
export interface Pseudonyms {
  readonly sessions: ReadonlyMap<string, string>;
  readonly users: ReadonlyMap<string, string>;
}

const asItIs = (text: string): string => text;

/** What a word means. One that no list knows may say who somebody is; what stays is as unknown. */
const meaningIn = (vocabulary: VocabularyName) => (text: string, words: OwnWordLists) =>
  meaningOf(vocabulary, text, words) ?? otherValue;
/** The word that stays of an end's reason: the first of its meaning, which no product may give another one (check-words.ts). */
const wordOfEnd = (text: string, words: OwnWordLists): string => {
  const meaning = meaningOf("end_reason", text, words);
  return meaning === undefined ? otherValue : vocabularies.end_reason[meaning][0];
};
const keepStatus = meaningIn("agent_status");
const keepTicketStatus = meaningIn("ticket_status");

/** Texts that counters and facts read, by event, and what is kept of each: no more than is read. */
const keptTexts: Readonly<Record<string, Readonly<Record<string, (text: string, words: OwnWordLists) => string>>>> = {
  "session.start": { channel: asItIs },
  "session.message": { role: meaningIn("role") },
  "session.end": { reason: wordOfEnd },
  "agent.login": { agent_name: asItIs, login_id: asItIs },
  "agent.logout": { login_id: asItIs },
  "agent.status_change": { from_status: keepStatus, to_status: keepStatus, login_id: asItIs },
  "ticket.status_changed": { from_status: keepTicketStatus, to_status: keepTicketStatus },
  [aiCallEvent]: { scope: asItIs, ...Object.fromEntries(aiPriceKeys.map((name) => [name, priceWordOf])) },
};

/**
 * What may stay of an event when a person is erased: numbers and booleans that the catalogue defines,
 * identifiers replaced, and texts only as far as counters read them. What the catalogue does not know
 * goes, numbers too: nobody can tell what they say of the person.
 * @param custom the product's own events, which are defined as the catalogue's are, and its metrics: of the texts
 *   that they filter and group by, the declared values stay
 */
export function anonymiseEventData(
  eventName: string,
  data: Readonly<Record<string, unknown>>,
  pseudonyms: Pseudonyms,
  custom: CustomCounting | null = null,
): Record<string, unknown> {
  const own = custom?.definitions.events[eventName]?.attributes;
  const defined = { ...own, ...findEventDefinition(eventName)?.attributes, ...commonAttributes };
  const rules = valueRulesOf(eventName, custom);
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    // A ticket's number leads to the person in another system.
    if (key === "ticket_id") continue;
    if (key === invalidKey) kept[key] = keepCodes(value as InvalidNotes);
    if (key === "session_id" && typeof value === "string") kept[key] = pseudonyms.sessions.get(value) ?? value;
    else if (key === "user_id" && (typeof value === "string" || typeof value === "number")) {
      kept[key] = pseudonyms.users.get(String(value)) ?? value;
    } else if (rules.has(key) && isPlain(value)) {
      const counted = countedValueOf(rules.get(key) as ValueRule, value);
      if (counted !== null) kept[key] = counted;
    } else if (typeof value === "number" || typeof value === "boolean") {
      if (Object.hasOwn(defined, key)) kept[key] = value;
    } else if (typeof value === "string") {
      const isDeclared = custom?.rules.get(eventName)?.some((rule) => isDeclaredValue(rule, key, value)) === true;
      if (isDeclared) {
        kept[key] = value;
        continue;
      }
      const keep = keptTexts[eventName]?.[key];
      if (keep !== undefined) kept[key] = keep(value, wordsOf({ custom }));
    }
  }
  return kept;
}

/** By attribute, how an event's values are told apart. */
function valueRulesOf(eventName: string, custom: CustomCounting | null): ReadonlyMap<string, ValueRule> {
  const segments = custom?.segments ?? null;
  const ofStart = eventName === "session.start" ? (segments?.start ?? []) : [];
  return new Map([...attributeCountersOf(eventName, segments), ...ofStart].map((rule) => [rule.attribute, rule]));
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Of invalid values the codes stay, and the names that are declared; the others are numbered. */
function keepCodes(invalid: InvalidNotes): InvalidNotes {
  return Object.fromEntries(
    Object.entries(invalid).map(([name, { code, undeclared }], i) =>
      undeclared === true ? [`${otherAttribute}-${i + 1}`, { code, undeclared }] : [name, { code }],
    ),
  );
}

/** A value that a definition names is the same for many: it says nothing of a person. */
function isDeclaredValue(rule: CustomRule, attribute: string, value: string): boolean {
  return (
    (rule.groups?.attribute === attribute && rule.groups.values.has(value)) ||
    rule.where.some((filter) => filter.attribute === attribute && filter.values.has(value))
  );
}
