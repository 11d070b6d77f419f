import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";

/**
 * Attributes whose values are counted by day, each declared once: incremental counting, `verify` and
 * `rebuild` read this list. For reasons and kinds, not for texts or ids.
 */
export const attributeCounters: readonly { readonly event: BusinessEventName; readonly attribute: string }[] = [
  { event: "session.escalate", attribute: "reason" },
];

/** What is counted where a value is missing or is no code. */
export const otherValue = "other";

const maxCode = 40;
const maxWords = 4;

/**
 * The value under which an attribute is counted. A pure function of the value, so that the counters do
 * not depend on the order in which events arrive: a limit on how many values a day may have would.
 * What keeps the values few instead: digits fold into `#` (`order 10423` and `order 10424` are one
 * value), and what is longer than 40 characters or four words is a text, hence `other`.
 */
export function countedValueOf(value: unknown): string {
  if (typeof value !== "string") return otherValue;
  const code = value
    .trim()
    .replace(/\s+/g, " ")
    .replace(/\p{Nd}+/gu, "#");
  const isCode = code !== "" && code.length <= maxCode && code.split(" ").length <= maxWords;
  return isCode ? code : otherValue;
}

/** The attributes whose values are counted, by event. */
export const countedValues: ReadonlyMap<string, readonly string[]> = new Map(
  attributeCounters.map(({ event }) => [
    event,
    attributeCounters.flatMap((counter) => (counter.event === event ? [counter.attribute] : [])),
  ]),
);
