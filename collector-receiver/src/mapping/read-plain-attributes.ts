import { tapeKind, type AttributeTape } from "../otlp/attribute-tape.ts";
import { ByteWords } from "../otlp/byte-words.ts";
import type { OtlpCarrier } from "../otlp/otlp-carrier.ts";
import { capture, reserved, type AttributeKey } from "./compile-catalogue.ts";
import { textState } from "./event-data-arena.ts";
import type { EventReading } from "./event-reading.ts";

const trueWords = new ByteWords(Buffer.from("true"));
const falseWords = new ByteWords(Buffer.from("false"));

/**
 * Reads the attributes of one event from the tape: what `EventDataBuilder` makes of them, where there
 * is nothing to object to.
 * @param reading begun for this event
 * @returns false where anything is unusual or wrong: they have to be read again, one by one, by the
 *   builder, which knows what to say of it
 */
export function readPlainAttributes(
  reading: EventReading,
  tape: AttributeTape<AttributeKey>,
  carrier: OtlpCarrier,
): boolean {
  const { arena, texts, limits, skippedKey, attributes } = reading;
  const { rules } = reading.plan;
  const { body, view } = carrier;
  const { keys, kinds, starts, ends, numbers, from, to } = tape;
  if (to - from > limits.attributesPerEvent) return false;
  let touched = 0;
  let satisfied = 0;
  for (let i = from; i < to; i++) {
    const key = keys[i]!;
    const kind = kinds[i];
    const start = starts[i]!;
    const end = ends[i]!;
    if (kind === tapeKind.double && !Number.isFinite(numbers[i])) return false;
    if (key.reserved !== reserved.none) {
      if (kind === tapeKind.string) reading.readReservedRange(key, body, view, start, end);
      else reading.readReservedNumber(key, kind === tapeKind.bool ? -1 : numbers[i]!);
      continue;
    }
    if (skippedKey !== null && skippedKey.equals(key.bytes)) continue;
    const rule = rules[key.slot]!;
    if (rule !== null) {
      touched |= rule.requiredBit;
      satisfied |= rule.requiredBit;
    }
    if (key.state > textState.unicode || !arena.writeWords(key.jsonWords)) return false;
    if (kind === tapeKind.string) {
      if (end - start > limits.attributeBytes) return false;
      if (!arena.writePlainText(view, start, end) && arena.writeString(body, start, end) > textState.unicode) {
        return false;
      }
      if (rule !== null) {
        if (rule.type !== "string" || end - start > rule.maxLength) return false;
        if (start === end) satisfied &= ~rule.requiredBit;
        if (rule.capture === capture.sessionId) {
          reading.takePlainSessionId(body, view, start, end);
          continue;
        }
      }
      if (key.counted) attributes[key.text] = texts.find(body, view, start, end);
    } else if (kind === tapeKind.bool) {
      const value = numbers[i] === 1;
      if (!arena.writeWords(value ? trueWords : falseWords)) return false;
      if (rule !== null) {
        if (rule.type !== "boolean") return false;
        if (rule.capture === capture.test) {
          reading.test = value;
          continue;
        }
      }
      if (key.counted) attributes[key.text] = value;
    } else {
      // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
      const value = numbers[i]! === 0 ? 0 : numbers[i]!;
      if (!(kind === tapeKind.int ? arena.writeInt(value) : arena.writeDouble(value))) return false;
      if (rule !== null) {
        if (rule.type === "int" ? !Number.isSafeInteger(value) : rule.type !== "double") return false;
        if (value < rule.minimum || value > rule.maximum) return false;
        if (rule.capture === capture.agentId) {
          reading.agentId = value;
          continue;
        }
        if (rule.capture === capture.ticketId) {
          reading.ticketId = value;
          continue;
        }
      }
      if (key.counted) attributes[key.text] = value;
    }
  }
  reading.touched = touched;
  reading.satisfied = satisfied;
  return true;
}
