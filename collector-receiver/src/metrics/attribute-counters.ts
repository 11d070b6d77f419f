import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";
import { foldWord } from "../catalogue/custom-words.ts";
import { usualValues } from "./segment-values.ts";

/** How the values of one attribute are told apart. */
export interface ValueRule {
  readonly attribute: string;
  /** Values that the product declares: they count as they are written. */
  readonly declared: ReadonlySet<string>;
  /** By folded word, what it counts as; null: a value that is not declared counts as its code (`foldValue`). */
  readonly usual: ReadonlyMap<string, string> | null;
  /** What a missing value counts as; null: it is not counted. */
  readonly absent: string | null;
}

/** The values of an attribute of an event, counted by the event's business day. */
export interface AttributeCounter extends ValueRule {
  readonly event: BusinessEventName;
}

/** What is counted if a value is missing, no code, or not in a list. */
export const otherValue = "other";

const nothingDeclared: ReadonlySet<string> = new Set();

/** A rule without declared values, for the usual ones. */
function listed(attribute: string, values: Readonly<Record<string, readonly string[]>> = {}): ValueRule {
  const words = Object.entries(values).flatMap(([value, names]) =>
    names.map((name) => [foldWord(name), value] as const),
  );
  return { attribute, declared: nothingDeclared, usual: new Map(words), absent: null };
}

/** A rule by which values that nobody declared count as their code. */
export function openRule(attribute: string, absent: string | null): ValueRule {
  return { attribute, declared: nothingDeclared, usual: null, absent };
}

/** A rule for an attribute that only the product knows. */
export const ownRule = (attribute: string): ValueRule => listed(attribute);

/**
 * Attributes whose values are counted by day, each declared once: incremental counting, `verify` and
 * `rebuild` read this list. For reasons and kinds, not for texts or ids.
 */
export const attributeCounters: readonly AttributeCounter[] = [
  { event: "session.escalate", ...openRule("reason", otherValue) },
  { event: "query.order", ...listed("site", usualValues.site) },
  { event: "query.tracking", ...listed("carrier", usualValues.carrier) },
  { event: "ticket.created", ...listed("source", usualValues.source) },
  { event: "ticket.created", ...listed("type", usualValues.type) },
  { event: "ticket.created", ...listed("priority", usualValues.priority) },
];

const maxCode = 40;
const maxWords = 4;

/**
 * The value under which a code counts. A pure function of the value, so that the counters do
 * not depend on the order in which events arrive: a limit on how many values a day may have would.
 * What keeps the values few instead: digits fold into `#` (`order 10423` and `order 10424` are one
 * value), and what is longer than 40 characters or four words is a text, hence `other`.
 */
export function foldValue(value: unknown): string {
  if (typeof value !== "string") return otherValue;
  const code = value
    .trim()
    .replace(/\s+/g, " ")
    .replace(/\p{Nd}+/gu, "#");
  const isCode = code !== "" && code.length <= maxCode && code.split(" ").length <= maxWords;
  return isCode ? code : otherValue;
}

/** The value under which an attribute is counted; null: it is not. */
export function countedValueOf(rule: ValueRule, value: string | number | boolean | null | undefined): string | null {
  if (value === undefined || value === null) return rule.absent;
  const text = typeof value === "string" ? value.trim() : String(value);
  if (rule.declared.has(text)) return text;
  if (text === "") return rule.absent;
  if (rule.usual === null) return foldValue(value);
  return rule.usual.get(text) ?? rule.usual.get(foldWord(text)) ?? otherValue;
}
