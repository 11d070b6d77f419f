import { commonAttributes, findEventDefinition } from "@spanledger/sdk/event-catalogue";
import { invalidKey } from "../mapping/invalid-values.ts";
import type { InvalidNotes } from "../mapping/invalid-values.ts";
import { aiCallEvent, aiPriceKeys, priceWordOf } from "../metrics/ai-calls.ts";
import { attributeCounters, countedValueOf, foldValue, otherValue } from "../metrics/attribute-counters.ts";
import type { ValueRule } from "../metrics/attribute-counters.ts";
import { parseSegments, productDimension } from "../metrics/session-segments.ts";
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
  if (censor.declared.has(word)) return word;
  return censor.finds(word) ? foldValue(censor.text(word)) : word;
}

/** A text that is counted by its word: digits are folded in it, so that it may hold the id where the text does not. */
export function censorCountedText(censor: Censor, text: string): string {
  if (censor.declared.has(text.trim())) return text;
  const word = foldValue(text);
  return censor.finds(text) || censor.finds(word) ? censorWord(censor, word) : text;
}

/** The segments of a session; only its product may name somebody: the others are values of a list. */
export function censorSegments(censor: Censor, text: string): string {
  return parseSegments(text)
    .map(({ dimension, value }) => `${dimension}=${dimension === productDimension ? censorWord(censor, value) : value}`)
    .join("\n");
}

/** A text by whose value an event counts. */
function censorValueOf(censor: Censor, rule: ValueRule, text: string): string {
  if (rule.usual === null) return censorCountedText(censor, text);
  const isListed = censor.declared.has(text.trim()) || countedValueOf(rule, text) !== otherValue;
  return isListed ? text : censor.text(text);
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
    const counter = attributeCounters.find((rule) => rule.event === event.name && rule.attribute === key);
    if (counter !== undefined) return censorValueOf(censor, counter, value);
    if (censor.declared.has(value.trim())) return value;
    return word === undefined ? censor.text(value) : censorCountedText(censor, value);
  };
  return {
    ...event,
    name: censorEventName(censor, event.name),
    serviceName: event.serviceName === null ? null : censorCountedText(censor, event.serviceName),
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
