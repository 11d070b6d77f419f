import "../bytes/buffer-slices.ts";
import { capture, type AttributeKey, type AttributeRule } from "./event-plan.ts";
import { notExact, outOfBounds, textTooLong, wrongType, type EventProblem } from "./describe-event-problem.ts";
import { describeBytes } from "./describe-value.ts";
import type { EventReading } from "./event-reading.ts";

/**
 * Holds a text (valid UTF-8) against its rule and keeps it where a column or a counter reads it.
 * @returns what is wrong, or null
 */
export function takeText(
  reading: EventReading,
  key: AttributeKey,
  rule: AttributeRule | null,
  bytes: Buffer,
  start: number,
  end: number,
): EventProblem | null {
  if (rule !== null) {
    if (rule.type !== "string") return wrongType(key, rule, `the text ${describeBytes(bytes, start, end)}`);
    if (end - start > rule.maxLength && codePoints(bytes, start, end) > rule.maxLength) {
      return textTooLong(key, rule, describeBytes(bytes, start, end));
    }
    if (rule.capture === capture.sessionId) {
      reading.takeSessionId(bytes, start, end);
      return null;
    }
  }
  if (key.counted) reading.attributes[key.text] = bytes.utf8Slice(start, end);
  return null;
}

/**
 * Holds a number against its rule and keeps it where a column or a counter reads it.
 * @returns what is wrong, or null
 */
export function takeNumber(
  reading: EventReading,
  key: AttributeKey,
  rule: AttributeRule | null,
  value: number,
): EventProblem | null {
  if (rule !== null) {
    if (rule.type !== "int" && rule.type !== "double") return wrongType(key, rule, String(value));
    if (rule.type === "int" && !Number.isSafeInteger(value)) {
      return Number.isInteger(value) ? notExact(key, String(value)) : wrongType(key, rule, String(value));
    }
    if (value < rule.minimum || value > rule.maximum) return outOfBounds(key, rule, value);
    if (rule.capture === capture.agentId) {
      reading.agentId = value;
      return null;
    }
    if (rule.capture === capture.ticketId) {
      reading.ticketId = value;
      return null;
    }
  }
  if (key.counted) reading.attributes[key.text] = value;
  return null;
}

/**
 * As `takeNumber`, for an integer that a double does not hold exactly.
 * @returns what is wrong, or null
 */
export function takeWideInt(
  reading: EventReading,
  key: AttributeKey,
  rule: AttributeRule | null,
  value: bigint,
): EventProblem | null {
  if (rule !== null) {
    const isNumber = rule.type === "int" || rule.type === "double";
    return isNumber ? notExact(key, String(value)) : wrongType(key, rule, String(value));
  }
  if (key.counted) reading.attributes[key.text] = Number(value);
  return null;
}

/**
 * Holds a boolean against its rule and keeps it where a column or a counter reads it.
 * @returns what is wrong, or null
 */
export function takeBool(
  reading: EventReading,
  key: AttributeKey,
  rule: AttributeRule | null,
  value: boolean,
): EventProblem | null {
  if (rule !== null && rule.type !== "boolean") return wrongType(key, rule, String(value));
  if (rule !== null && rule.capture === capture.test) reading.test = value;
  else if (key.counted) reading.attributes[key.text] = value;
  return null;
}

/** Whether a text says that an event is a test. */
export function saysTest(bytes: Buffer, start: number, end: number): boolean {
  return end - start <= maxTestWord && testWords.has(bytes.latin1Slice(start, end).trim().toLowerCase());
}

const testWords: ReadonlySet<string> = new Set(["true", "1"]);
const maxTestWord = 16;

/** Characters of valid UTF-8: all bytes but continuations. */
function codePoints(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}
