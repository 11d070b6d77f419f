import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";

/** A shorter id is not a cut one that anyone would notice. */
const minLength = 8;

/**
 * A UUID that ends within itself: eight digits, one of them a letter, so that a date with a number is none; a hyphen and four more
 * at the least.
 */
const unfinishedUuid =
  /(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}(?:-(?:[0-9a-f]{0,3}|[0-9a-f]{4}-(?:[0-9a-f]{0,3}|[0-9a-f]{4}-[0-9a-f]{0,11})|[0-9a-f]{4}))?$/i;

/** A character that generated ids do not have: the text was written, and nothing gives it a fixed length. */
const writtenText = /[^\w.:-]/;

/** Limits count bytes, UTF-16 units or characters, as the language does. */
const measures: readonly ((text: string) => number)[] = [
  (text) => text.length,
  (text) => [...text].length,
  (text) => Buffer.byteLength(text),
];

class Texts extends AttributeListener {
  readonly texts: string[] = [];
  override string(bytes: Buffer, start: number, end: number): void {
    if (end - start >= minLength) this.texts.push(bytes.toString("utf8", start, end));
  }
}

/**
 * True if the id looks cut by an attribute limit of its sender (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`): it ends within a UUID, or a
 * written text of the same event is exactly as long, and none is longer.
 */
export function looksCut(sessionId: string, walker: OtlpWalker): boolean {
  if (sessionId.length < minLength) return false;
  if (unfinishedUuid.test(sessionId)) return true;
  const listener = new Texts();
  walker.readEventAttributes(listener);
  return measures.some((measure) => {
    const limit = measure(sessionId);
    const longest = listener.texts.filter((text) => measure(text) >= limit);
    return longest.every((text) => measure(text) === limit) && longest.some((text) => writtenText.test(text));
  });
}
