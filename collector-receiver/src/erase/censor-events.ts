import { commonAttributes, findEventDefinition } from "@spanledger/sdk/event-catalogue";
import { invalidKey } from "../mapping/invalid-values.ts";
import type { InvalidNotes } from "../mapping/invalid-values.ts";
import { aiCallEvent, aiPriceKeys, priceWordOf } from "../metrics/ai-calls.ts";
import { attributeCounters, countedValueOf } from "../metrics/attribute-counters.ts";
import { wordAttributesOf } from "../metrics/data-quality.ts";
import { meaningOf } from "../metrics/words.ts";
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

/** A text that is counted by its word: digits are folded in it, so that it may hold the id where the text does not. */
export function censorCountedText(censor: Censor, text: string): string {
  const word = countedValueOf(text);
  return censor.finds(text) || censor.finds(word) ? censorWord(censor, word) : text;
}

/** The word under which a provider, model or service tier is counted, without the identifier. */
export function censorPriceWord(censor: Censor, word: string): string {
  return priceWordOf(censor.text(word));
}

/** The same as a call says it: a longer text is counted by its beginning. */
function censorPriceText(censor: Censor, text: string): string {
  const word = priceWordOf(text);
  return censor.finds(text) || censor.finds(word) ? censorPriceWord(censor, word) : text;
}

const isPriceKey = (event: string, key: string): boolean =>
  event === aiCallEvent && (aiPriceKeys as readonly string[]).includes(key);

/** An event's name; those of the catalogue name nobody. */
export function censorEventName(censor: Censor, name: string): string {
  return findEventDefinition(name) === undefined ? censor.text(name, maxNameLength) : name;
}

/** A session's channel; a word of the list names nobody. */
export function censorChannel(censor: Censor, channel: string): string {
  return meaningOf("channel", channel, censor.words) === undefined ? censorCountedText(censor, channel) : channel;
}

/** An event without the identifier. The rest of it is of other people, and stays: what the catalogue knows says nothing of anybody. */
export function censorEvent(censor: Censor, event: EventWithTexts): EventWithTexts {
  const declared = findEventDefinition(event.name)?.attributes ?? {};
  const isDeclared = (key: string): boolean => Object.hasOwn(declared, key) || Object.hasOwn(commonAttributes, key);
  const words = wordAttributesOf(event.name);
  const censorValue = (key: string, value: unknown): unknown => {
    if (typeof value !== "string") return censor.data(value);
    if (isPriceKey(event.name, key)) return censorPriceText(censor, value);
    const word = words.find(({ attribute }) => attribute === key);
    if (word !== undefined && meaningOf(word.vocabulary, value, censor.words) !== undefined) return value;
    const isCounted = attributeCounters.some((counter) => counter.event === event.name && counter.attribute === key);
    return word !== undefined || isCounted ? censorCountedText(censor, value) : censor.text(value);
  };
  return {
    ...event,
    name: censorEventName(censor, event.name),
    serviceName: event.serviceName === null ? null : censor.text(event.serviceName),
    data: Object.fromEntries(
      Object.entries(event.data).map(([key, value]) =>
        key === invalidKey
          ? [key, censorNotes(censor, value as InvalidNotes)]
          : [isDeclared(key) ? key : censor.text(key), censorValue(key, value)],
      ),
    ),
  };
}

/** Of values that were left out, only names that are not declared may hold the identifier. */
function censorNotes(censor: Censor, notes: InvalidNotes): InvalidNotes {
  return Object.fromEntries(
    Object.entries(notes).map(([name, note]) => [note.undeclared === true ? censor.text(name) : name, note]),
  );
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
