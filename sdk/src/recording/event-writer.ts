import { Buffer } from "node:buffer";
import type { SpanContext } from "@opentelemetry/api";
import type { Chunk } from "./chunk.ts";
import { encodeJudged } from "./encode-judged.ts";
import { planAttribute, plannedType, type AttributePlan, type EventPlan } from "./event-plan.ts";
import { recordFlags, recordHeaderBytes, spanEventAttributeTag } from "./event-record.ts";
import { ParentIds } from "./hex-ids.ts";
import { varintLength, writeVarint } from "./protobuf-bytes.ts";
import { WrongUse } from "./wrong-use.ts";

/** Largest attribute block of one event; attributes beyond it are left out and reported. */
const maxAttributeBytes = 192 * 1024;
/** Room that any attribute of the fast path fits in: two bytes of head and at most 127 of body. */
const fastAttributeBytes = 136;
/** From this length on one call of Node's own UTF-8 writer (60 ns) is faster than a loop (2.3 ns a character). */
const longText = 26;
const hasOwn = Object.prototype.hasOwnProperty;

export type AttributeBag = Readonly<Record<string, unknown>>;

/**
 * Writes records into memory that it is given. This is the path that a product's request pays for,
 * hence one pass over the attributes, no allocation for plain values, and checks that are one
 * comparison each; whatever is unusual leaves to a slower function.
 */
export class EventWriter {
  #bytes: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #text: Buffer = Buffer.alloc(0);
  #at = 0;
  #limit = 0;
  #attributesStart = 0;
  readonly #parent = new ParentIds();
  readonly #wrongUse = new WrongUse();

  /** What was wrong with the event that was written last; null if nothing was. */
  get problems(): WrongUse["problems"] {
    return this.#wrongUse.problems;
  }

  /** Aims the writer at a chunk. */
  aim(chunk: Chunk): void {
    this.#bytes = chunk.bytes;
    this.#words = chunk.words;
    this.#view = chunk.view;
    this.#text = Buffer.from(chunk.memory);
    this.#limit = chunk.bytes.length;
  }

  /**
   * Writes one record at `start`, a multiple of 8, and returns the offset behind it, or -1 if the
   * memory ends too early. Throws only what a getter or proxy of `attributes` throws.
   * @param span the active span, if there is one
   * @param tenant UTF-8 of the event's own tenant, if it has one
   * @param eventId 16 bytes chosen by the caller, or undefined
   */
  write(
    start: number,
    plan: EventPlan,
    seq: number,
    timeMs: number,
    span: SpanContext | undefined,
    eventId: Uint8Array | undefined,
    attributes: AttributeBag,
    context: AttributeBag | undefined,
    tenant?: Uint8Array,
  ): number {
    this.#wrongUse.problems = null;
    let at = start + recordHeaderBytes;
    if (at + 48 + plan.nameLength > this.#limit) return -1;
    let flags = 0;
    if (span !== undefined && this.#parent.read(span)) {
      flags = span.isRemote === true ? recordFlags.hasParent | recordFlags.parentIsRemote : recordFlags.hasParent;
      copyWords(this.#parent.words, this.#words, at);
      at += 24;
    }
    if (eventId !== undefined) {
      flags |= recordFlags.hasEventId;
      this.#bytes.set(eventId, at);
      at += 16;
    }
    copyWords(plan.nameWords, this.#words, at);
    at += plan.nameLength;
    this.#at = at;
    this.#attributesStart = at;

    const { lastOrder } = plan;
    let index = 0;
    let seen = 0;
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key)) continue;
      const value = attributes[key];
      // Instead of a look into the map for each key: 2 ns and not 12.
      const likely = lastOrder[index];
      const attribute = likely !== undefined && likely.name === key ? likely : planAttribute(plan, index, key);
      index += 1;
      if (value === undefined || value === null) continue;
      if (!this.#writeAttribute(plan, attribute, value)) return -1;
      seen |= attribute.requiredBit;
    }
    if (context !== undefined) {
      for (const key in context) {
        // The event's own value wins; its own null hides the context's.
        if (!hasOwn.call(context, key)) continue;
        if (hasOwn.call(attributes, key) && attributes[key] !== undefined) continue;
        const attribute = plan.attributes.get(key) ?? planAttribute(plan, Infinity, key);
        if (!this.#writeAttribute(plan, attribute, context[key])) return -1;
        seen |= attribute.requiredBit;
      }
    }
    if ((seen & plan.requiredBits) !== plan.requiredBits) this.#wrongUse.missing(plan, seen);
    if (plan.nameTooLong) {
      this.#wrongUse.add("name_too_long", plan, null, "has a name of more than 50 characters");
    }

    const attributesEnd = this.#at;
    const end = (attributesEnd + (tenant?.length ?? 0) + 7) & ~7;
    if (end > this.#limit) return -1;
    const view = this.#view;
    if (tenant !== undefined) {
      flags |= recordFlags.hasTenant;
      this.#bytes.set(tenant, attributesEnd);
      view.setUint32(start + 28, tenant.length, true);
    }
    view.setUint32(start, end - start, true);
    view.setUint16(start + 4, flags, true);
    view.setUint16(start + 6, plan.nameLength, true);
    view.setFloat64(start + 8, seq, true);
    view.setFloat64(start + 16, timeMs, true);
    view.setUint32(start + 24, attributesEnd - at, true);
    return end;
  }

  #writeAttribute(event: EventPlan, plan: AttributePlan, value: unknown): boolean {
    if (!plan.fast || this.#at + fastAttributeBytes > this.#limit) return this.#writeSlowly(event, plan, value);
    if (typeof value === "string") {
      if (value.length > plan.maxShortLength) return this.#writeSlowly(event, plan, value);
      if (!this.#writeShortString(plan, value)) return this.#writeSlowly(event, plan, value);
      const wellTyped = plan.type <= plannedType.string && value.length <= plan.maxLength;
      if (!wellTyped) this.#wrongUse.check(event, plan, value);
      return true;
    }
    if (typeof value === "number") {
      const isInteger = Number.isSafeInteger(value);
      // A negative integer takes ten bytes, and is rare.
      if (isInteger && value < 0) return this.#writeSlowly(event, plan, value);
      const wellTyped =
        (plan.type === plannedType.double ||
          plan.type === plannedType.any ||
          (isInteger && plan.type === plannedType.int)) &&
        value >= plan.minimum &&
        value <= plan.maximum;
      if (!wellTyped) this.#wrongUse.check(event, plan, value);
      if (isInteger) this.#writeInteger(plan, value);
      else this.#writeDouble(plan, value);
      return true;
    }
    if (typeof value === "boolean") {
      if (plan.type !== plannedType.boolean && plan.type !== plannedType.any) this.#wrongUse.check(event, plan, value);
      const at = this.#writeHead(plan);
      this.#bytes[at + 1] = 0x10;
      this.#bytes[at + 2] = value ? 1 : 0;
      this.#endValue(at, at + 3);
      return true;
    }
    return this.#writeSlowly(event, plan, value);
  }

  /** What comes before the value; returns where its length is to stand. */
  #writeHead(plan: AttributePlan): number {
    const view = this.#view;
    const words = plan.headWords;
    const start = this.#at;
    // The offset is any; up to three bytes of padding are written, and overwritten by the value.
    for (let i = 0; i < words.length; i += 1) view.setInt32(start + i * 4, words[i]!, true);
    return start + plan.headLength;
  }

  /** The lengths of an attribute whose value's length stands at `at`, and that ends at `end`. */
  #endValue(at: number, end: number): void {
    this.#bytes[this.#at + 1] = end - this.#at - 2;
    this.#bytes[at] = end - at - 1;
    this.#at = end;
  }

  #writeInteger(plan: AttributePlan, value: number): void {
    const start = this.#writeHead(plan);
    const bytes = this.#bytes;
    bytes[start + 1] = 0x18;
    let at = start + 2;
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    let word = rest | 0;
    for (; word >= 128; word >>= 7) bytes[at++] = (word & 127) | 128;
    bytes[at] = word;
    this.#endValue(start, at + 1);
  }

  #writeDouble(plan: AttributePlan, value: number): void {
    const start = this.#writeHead(plan);
    this.#bytes[start + 1] = 0x21;
    this.#view.setFloat64(start + 2, value, true);
    this.#endValue(start, start + 10);
  }

  /** False, and nothing written, for a lone surrogate or more bytes than the lengths allow. */
  #writeShortString(plan: AttributePlan, value: string): boolean {
    const start = this.#writeHead(plan);
    const bytes = this.#bytes;
    const textStart = start + 3;
    const textLimit = textStart + plan.maxShortLength;
    let at = textStart;
    if (value.length >= longText) {
      // Four bytes more than the limit, so that what was cut there shows.
      at += this.#text.write(value, at, plan.maxShortLength + 4, "utf8");
    } else {
      for (let i = 0; i < value.length; i += 1) {
        const unit = value.charCodeAt(i);
        if (unit < 0x80) {
          bytes[at++] = unit;
        } else if (unit < 0x800) {
          bytes[at++] = 0xc0 | (unit >> 6);
          bytes[at++] = 0x80 | (unit & 0x3f);
        } else if (unit < 0xd800 || unit > 0xdfff) {
          bytes[at++] = 0xe0 | (unit >> 12);
          bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
          bytes[at++] = 0x80 | (unit & 0x3f);
        } else {
          return false;
        }
        // At most three bytes past the limit, and the room was asked for with eight to spare.
        if (at > textLimit) break;
      }
    }
    if (at > textLimit) return false;
    bytes[start + 1] = 0x0a;
    bytes[start + 2] = at - textStart;
    this.#endValue(start, at);
    return true;
  }

  /** Whatever the fast path leaves: long, converted, refused or reserved. False if the memory ends. */
  #writeSlowly(event: EventPlan, plan: AttributePlan, value: unknown): boolean {
    const anyValue = encodeJudged(event, plan, value, this.#wrongUse);
    if (anyValue === null) return true;
    const length = plan.prefix.length + varintLength(anyValue.length) + anyValue.length;
    const total = 1 + varintLength(length) + length;
    if (this.#at - this.#attributesStart + total > maxAttributeBytes) {
      const limit = `the attributes of one event have at most ${maxAttributeBytes} bytes`;
      this.#wrongUse.add("event_too_large", event, plan.name, `is left out: ${limit}`);
      return true;
    }
    if (this.#at + total + 8 > this.#limit) return false;
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = spanEventAttributeTag;
    at = writeVarint(bytes, at, length);
    bytes.set(plan.prefix, at);
    at = writeVarint(bytes, at + plan.prefix.length, anyValue.length);
    bytes.set(anyValue, at);
    this.#at = at + anyValue.length;
    return true;
  }
}

/** Copies words to an offset that is a multiple of 4. */
function copyWords(words: Int32Array, target: Int32Array, offset: number): void {
  const to = offset >> 2;
  for (let i = 0; i < words.length; i += 1) target[to + i] = words[i]!;
}
