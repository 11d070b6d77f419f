import { attributeCounters, countedValueOf } from "../metrics/attribute-counters.ts";
import type { EventWithTexts } from "../storage/erase/read-events.ts";
import type { Censor } from "./censor.ts";

/** Characters of an event's name. */
const maxNameLength = 50;

/**
 * The word under which an attribute is counted, without the identifier. Rows and counters go through this one function, so
 * that they stay equal.
 */
export function censorWord(censor: Censor, word: string): string {
  return censor.finds(word) ? countedValueOf(censor.text(word)) : word;
}

/** An event without the identifier. The rest of it is of other people, and stays. */
export function censorEvent(censor: Censor, event: EventWithTexts): EventWithTexts {
  const data = censor.data(event.data) as Record<string, unknown>;
  for (const { event: name, attribute } of attributeCounters) {
    const value = event.data[attribute];
    if (name !== event.name || typeof value !== "string") continue;
    const word = countedValueOf(value);
    // Digits are folded in the word, so that it may hold the id where the text does not, and the other way round.
    if (censor.finds(value) || censor.finds(word)) data[attribute] = censorWord(censor, word);
  }
  return {
    ...event,
    name: censor.text(event.name, maxNameLength),
    serviceName: event.serviceName === null ? null : censor.text(event.serviceName),
    data,
  };
}

/** Whether `censorEvent` would change an event. */
export function mentions(censor: Censor, event: EventWithTexts): boolean {
  const censored = censorEvent(censor, event);
  return (
    censored.name !== event.name ||
    censored.serviceName !== event.serviceName ||
    JSON.stringify(censored.data) !== JSON.stringify(event.data)
  );
}
