import { BusinessEventError, type BusinessEventErrorCode } from "../business-event-error.ts";
import { describeThrown, encodeAnyValue, maxStringLength } from "./encode-any-value.ts";
import { missingAttributes, planAttribute, plannedType, type AttributePlan, type EventPlan } from "./event-plan.ts";
import { recordFlags, recordHeaderBytes, spanEventAttributeTag } from "./event-record.ts";
import { varintLength, writeVarint } from "./protobuf-bytes.ts";

/** Largest attribute block of one event; attributes beyond it are left out and reported. */
const maxAttributeBytes = 192 * 1024;
/** Room that any attribute of the fast path fits in: two bytes of head and at most 127 of body. */
const fastAttributeBytes = 136;
const typeNames = ["any value", "a string", "an integer", "a number", "a boolean"] as const;
const hasOwn = Object.prototype.hasOwnProperty;

export type AttributeBag = Readonly<Record<string, unknown>>;

/**
 * Writes records into memory that it is given. This is the path that a product's request pays for,
 * hence one pass over the attributes, no allocation for plain values, and checks that are one
 * comparison each; whatever is unusual leaves to a slower function.
 */
export class EventWriter {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #limit = 0;
  #attributesStart = 0;
  /** What was wrong with the event that was written last; null where nothing was. */
  problems: BusinessEventError[] | null = null;

  /** Aims the writer at a chunk. */
  aim(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#limit = bytes.length;
  }

  /**
   * Writes one record at `start` and returns the offset behind it, or -1 where the memory ends too
   * early. Throws only what a getter or proxy of `attributes` throws.
   * @param traceId 32 hex digits, or undefined where no span is active
   * @param eventId 16 bytes chosen by the caller, or undefined
   */
  write(
    start: number,
    plan: EventPlan,
    seq: number,
    timeMs: number,
    traceId: string | undefined,
    parentSpanId: string,
    parentIsRemote: boolean,
    eventId: Uint8Array | undefined,
    attributes: AttributeBag,
    context: AttributeBag | undefined,
  ): number {
    this.problems = null;
    const bytes = this.#bytes;
    const name = plan.nameBytes;
    let at = start + recordHeaderBytes;
    if (at + 40 + name.length > this.#limit) return -1;
    let flags = 0;
    if (traceId !== undefined) {
      flags = parentIsRemote ? recordFlags.hasParent | recordFlags.parentIsRemote : recordFlags.hasParent;
      writeHex(bytes, at, traceId, 32);
      writeHex(bytes, at + 16, parentSpanId, 16);
      at += 24;
    }
    if (eventId !== undefined) {
      flags |= recordFlags.hasEventId;
      bytes.set(eventId, at);
      at += 16;
    }
    for (let i = 0; i < name.length; i += 1) bytes[at + i] = name[i]!;
    at += name.length;
    this.#at = at;
    this.#attributesStart = at;

    let seen = 0;
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key)) continue;
      const value = attributes[key];
      if (value === undefined || value === null) continue;
      const attribute = plan.attributes.get(key) ?? planAttribute(plan, key);
      if (!this.#writeAttribute(plan, attribute, value)) return -1;
      seen |= attribute.requiredBit;
    }
    if (context !== undefined) {
      for (const key in context) {
        // The event's own value wins; its own null hides the context's.
        if (hasOwn.call(attributes, key) && attributes[key] !== undefined) continue;
        const attribute = plan.attributes.get(key) ?? planAttribute(plan, key);
        if (!this.#writeAttribute(plan, attribute, context[key])) return -1;
        seen |= attribute.requiredBit;
      }
    }
    if ((seen & plan.requiredBits) !== plan.requiredBits) this.#reportMissing(plan, seen);
    if (plan.nameTooLong) {
      this.#report("name_too_long", plan, null, `has a name of more than 50 characters`);
    }

    const end = (this.#at + 7) & ~7;
    if (end > this.#limit) return -1;
    const view = this.#view;
    view.setUint32(start, end - start, true);
    view.setUint16(start + 4, flags, true);
    view.setUint16(start + 6, name.length, true);
    view.setFloat64(start + 8, seq, true);
    view.setFloat64(start + 16, timeMs, true);
    view.setUint32(start + 24, this.#at - at, true);
    return end;
  }

  #writeAttribute(event: EventPlan, plan: AttributePlan, value: unknown): boolean {
    const limit = plan.shortLimit;
    if (limit < 12 || plan.reserved || this.#at + fastAttributeBytes > this.#limit) {
      return this.#writeSlowly(event, plan, value);
    }
    if (typeof value === "string") {
      if (value.length > limit) return this.#writeSlowly(event, plan, value);
      return this.#writeShortString(event, plan, value);
    }
    if (typeof value === "number") {
      const wanted = plan.type;
      if (wanted === plannedType.string || wanted === plannedType.boolean) {
        this.#reportType(event, plan, value);
      }
      if (!(value >= plan.minimum && value <= plan.maximum)) this.#reportRange(event, plan, value);
      // Integers up to 2^49 need seven bytes; what is larger or negative is rare.
      if (value >= 0 && value < 562_949_953_421_312 && Math.floor(value) === value) {
        this.#writeInteger(plan.prefix, value);
        return true;
      }
      if (wanted === plannedType.int && !Number.isSafeInteger(value)) {
        this.#reportType(event, plan, value);
      }
      return this.#writeEncoded(event, plan, value);
    }
    if (typeof value === "boolean") {
      if (plan.type !== plannedType.boolean && plan.type !== plannedType.any) {
        this.#reportType(event, plan, value);
      }
      const at = this.#writeHead(plan.prefix, 2);
      this.#bytes[at] = 0x10;
      this.#bytes[at + 1] = value ? 1 : 0;
      this.#at = at + 2;
      return true;
    }
    return this.#writeSlowly(event, plan, value);
  }

  /** Tag and lengths of a KeyValue whose AnyValue has `valueLength` bytes; returns where it begins. */
  #writeHead(prefix: Uint8Array, valueLength: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const length = prefix.length;
    bytes[at] = spanEventAttributeTag;
    bytes[at + 1] = length + 1 + valueLength;
    at += 2;
    for (let i = 0; i < length; i += 1) bytes[at + i] = prefix[i]!;
    at += length;
    bytes[at] = valueLength;
    return at + 1;
  }

  #writeInteger(prefix: Uint8Array, value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
    const bytes = this.#bytes;
    let at = this.#writeHead(prefix, length + 1);
    bytes[at++] = 0x18;
    let rest = value;
    while (rest >= 128) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
    this.#at = at;
  }

  #writeShortString(event: EventPlan, plan: AttributePlan, value: string): boolean {
    if (plan.type !== plannedType.string && plan.type !== plannedType.any) {
      this.#reportType(event, plan, value);
    }
    if (value.length > plan.maxLength) this.#reportLength(event, plan, value);
    const bytes = this.#bytes;
    const prefix = plan.prefix;
    const textStart = this.#at + 2 + prefix.length + 3;
    const textLimit = textStart + plan.shortLimit;
    let at = textStart;
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
        return this.#writeEncoded(event, plan, value);
      }
      // At most three bytes past the limit, and the room was asked for with eight to spare.
      if (at > textLimit) return this.#writeEncoded(event, plan, value);
    }
    const length = at - textStart;
    const valueStart = this.#writeHead(prefix, length + 2);
    bytes[valueStart] = 0x0a;
    bytes[valueStart + 1] = length;
    this.#at = at;
    return true;
  }

  /** Whatever the fast path leaves: long, converted, refused or reserved. */
  #writeSlowly(event: EventPlan, plan: AttributePlan, value: unknown): boolean {
    if (plan.reserved) {
      this.#report("reserved_attribute", event, plan.name, "is set by the SDK alone; it is left out");
      return true;
    }
    if (typeof value === "string") {
      if (plan.type !== plannedType.string && plan.type !== plannedType.any) {
        this.#reportType(event, plan, value);
      }
      if (value.length > plan.maxLength) this.#reportLength(event, plan, value);
    } else if (typeof value === "number") {
      if (plan.type === plannedType.string || plan.type === plannedType.boolean) {
        this.#reportType(event, plan, value);
      }
      if (plan.type === plannedType.int && !Number.isSafeInteger(value)) {
        this.#reportType(event, plan, value);
      }
      if (!(value >= plan.minimum && value <= plan.maximum)) this.#reportRange(event, plan, value);
    } else if (typeof value === "boolean") {
      if (plan.type !== plannedType.boolean && plan.type !== plannedType.any) {
        this.#reportType(event, plan, value);
      }
    }
    return this.#writeEncoded(event, plan, value);
  }

  #writeEncoded(event: EventPlan, plan: AttributePlan, value: unknown): boolean {
    const encoded = encodeAnyValue(value);
    if ("refused" in encoded) {
      this.#report("refused_value", event, plan.name, `is left out: ${encoded.refused}`);
      return true;
    }
    if (encoded.cut) {
      this.#report("value_cut", event, plan.name, `is longer than ${maxStringLength}: it was cut`);
    }
    const { anyValue } = encoded;
    // What a conversion made of an object has to suit the catalogue as well.
    if (typeof value === "object" && plan.type !== plannedType.any) {
      const isString = anyValue[0] === 0x0a;
      if (!isString || plan.type !== plannedType.string) this.#reportType(event, plan, value);
    } else if (typeof value === "bigint" && plan.type === plannedType.string) {
      this.#reportType(event, plan, value);
    }
    const length = plan.prefix.length + varintLength(anyValue.length) + anyValue.length;
    const total = 1 + varintLength(length) + length;
    if (this.#at - this.#attributesStart + total > maxAttributeBytes) {
      const limit = `the attributes of one event have at most ${maxAttributeBytes} bytes`;
      this.#report("event_too_large", event, plan.name, `is left out: ${limit}`);
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

  #reportMissing(event: EventPlan, seen: number): void {
    for (const name of missingAttributes(event, seen)) {
      this.#report("missing_attribute", event, name, "is required and absent");
    }
  }

  #reportType(event: EventPlan, plan: AttributePlan, value: unknown): void {
    const wanted = typeNames[plan.type];
    this.#report("wrong_type", event, plan.name, `has to be ${wanted}, not ${showValue(value)}`);
  }

  #reportRange(event: EventPlan, plan: AttributePlan, value: number): void {
    const range = `${plan.minimum} to ${plan.maximum}`;
    this.#report("out_of_range", event, plan.name, `has to be within ${range}, not ${value}`);
  }

  #reportLength(event: EventPlan, plan: AttributePlan, value: string): void {
    const length = [...value].length;
    if (length <= plan.maxLength) return;
    const limit = `has at most ${plan.maxLength} characters, not ${length}`;
    this.#report("too_long", event, plan.name, limit);
  }

  #report(code: BusinessEventErrorCode, event: EventPlan, attribute: string | null, what: string): void {
    const subject = attribute === null ? "" : `, attribute ${attribute}`;
    const message = `business event ${event.name}${subject}: ${what}`;
    (this.problems ??= []).push(new BusinessEventError(code, event.name, attribute, message));
  }
}

/** The value as a message shows it, shortened, without touching anything that could throw. */
function showValue(value: unknown): string {
  if (typeof value === "string") {
    return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`;
  }
  if (typeof value === "object") return "an object";
  try {
    return `${typeof value} ${String(value)}`;
  } catch (error) {
    return describeThrown(error);
  }
}

/** Value of a hex digit by its character code; 255 for what is none. */
const hexValues = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit += 1) {
  const text = digit.toString(16);
  hexValues[text.charCodeAt(0)] = digit;
  hexValues[text.toUpperCase().charCodeAt(0)] = digit;
}

function writeHex(bytes: Uint8Array, offset: number, hex: string, digits: number): void {
  let at = offset;
  for (let i = 0; i < digits; i += 2) {
    bytes[at++] = (hexValues[hex.charCodeAt(i)]! << 4) | hexValues[hex.charCodeAt(i + 1)]!;
  }
}

/** 16 bytes of a UUID in its usual form, or undefined where the text is none. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  const bytes = new Uint8Array(16);
  writeHex(bytes, 0, text.replaceAll("-", ""), 32);
  return bytes;
}
