import { Buffer } from "node:buffer";
import { types } from "node:util";
import { concatBytes, lengthDelimited, utf8Bytes, varint } from "./protobuf-bytes.ts";

/** Longest string that is sent, in UTF-16 code units; what is longer is cut and ends in `…`. */
export const maxStringLength = 16_384;
/** Most elements of an array that are sent; the rest is cut. */
export const maxArrayLength = 1024;

/** What became of a value: its `AnyValue`, or the reason why it cannot travel. */
export type EncodedValue = { readonly anyValue: Uint8Array; readonly cut: boolean } | { readonly refused: string };

/**
 * Encodes any JavaScript value as OTLP's `AnyValue`, by these rules: strings, numbers, booleans and
 * arrays of one of them travel as they are; a Date as its ISO 8601 text; a bigint as an integer
 * where a double holds it exactly, else as its decimal digits; Map, Set, Error, RegExp and typed arrays in a readable
 * form; bytes as base64; other objects and mixed arrays as JSON. An object whose `toJSON` gives a text, a number or a
 * boolean is that: a URL, an ObjectId, a Temporal. Symbols, functions, invalid dates and objects that
 * JSON refuses cannot travel. Never throws, whatever getters, proxies and `toJSON` do.
 */
export function encodeAnyValue(value: unknown): EncodedValue {
  try {
    return encode(value);
  } catch (error) {
    return { refused: `reading it threw ${describeThrown(error)}` };
  }
}

function encode(value: unknown): EncodedValue {
  switch (typeof value) {
    case "string":
      return encodeString(value);
    case "number":
      return { anyValue: encodeNumber(value), cut: false };
    case "boolean":
      return { anyValue: Uint8Array.of(0x10, value ? 1 : 0), cut: false };
    case "bigint":
      return Number.isSafeInteger(Number(value))
        ? { anyValue: encodeNumber(Number(value)), cut: false }
        : encodeString(value.toString());
    case "object":
      return encodeObject(value);
    default:
      return { refused: `a ${typeof value} has no form in OTLP` };
  }
}

function encodeObject(value: object | null): EncodedValue {
  if (value === null) return { refused: "null means absent" };
  if (Array.isArray(value)) return encodeArray(value);
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime()) ? { refused: "it is an invalid Date" } : encodeString(value.toISOString());
  }
  // A wrapper such as `new String("a")` means its primitive.
  if (types.isBoxedPrimitive(value)) return encode(value.valueOf());
  const readable = toReadable(value);
  return readable === value ? encodeJson(value) : encode(readable);
}

/**
 * What JSON shows as `{}` or by its indices in a form that says something, one rule at every depth: a Map as the object
 * of its entries, a Set as the list of its elements, an Error as `name: message`, a RegExp as its text, bytes as base64,
 * a typed array as a list. By what they are and not by `instanceof`: each file of Jest has classes of its own.
 */
function toReadable(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (types.isMap(value)) return Object.fromEntries([...value].map(([key, inner]) => [String(key), inner]));
  if (types.isSet(value)) return [...value];
  if (types.isNativeError(value)) return describeThrown(value);
  if (types.isRegExp(value)) return String(value);
  if (types.isUint8Array(value) || types.isDataView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value).toString("base64");
  // Their elements are numbers or bigints.
  if (types.isTypedArray(value)) return Array.from(value as Float64Array);
  return value;
}

function encodeArray(value: readonly unknown[]): EncodedValue {
  // A hole is undefined.
  const elements = Array.from({ length: Math.min(value.length, maxArrayLength) }, (_, at) => value[at]);
  const type = typeof elements[0];
  const flat = type === "string" || type === "number" || type === "boolean";
  if (elements.length > 0 && !(flat && elements.every((element) => typeof element === type))) {
    return encodeJson(value);
  }
  let cut = value.length > maxArrayLength;
  const encoded = elements.map((element) => {
    const one = encode(element);
    if ("refused" in one) throw new TypeError(one.refused);
    cut ||= one.cut;
    return lengthDelimited(1, one.anyValue);
  });
  return { anyValue: lengthDelimited(5, concatBytes(encoded)), cut };
}

function encodeJson(value: object): EncodedValue {
  // The value as it is: `toJSON` of a Buffer, for example, has been called for the other one already.
  const json: unknown = JSON.stringify(value, function (this: Record<string, unknown>, key, inner: unknown) {
    const own = this[key];
    const readable = toReadable(own);
    return readable === own ? toReadable(inner) : readable;
  });
  if (typeof json !== "string") return { refused: "JSON has no form for it" };
  return /^[[{]/.test(json) ? encodeString(json) : encode(JSON.parse(json));
}

function encodeString(value: string): EncodedValue {
  if (value.length <= maxStringLength) {
    return { anyValue: lengthDelimited(1, utf8Bytes(value)), cut: false };
  }
  // Never between the halves of a surrogate pair.
  const last = value.charCodeAt(maxStringLength - 2);
  const end = last >= 0xd800 && last <= 0xdbff ? maxStringLength - 2 : maxStringLength - 1;
  return { anyValue: lengthDelimited(1, utf8Bytes(`${value.slice(0, end)}…`)), cut: true };
}

function encodeNumber(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) {
    const bytes = new Uint8Array(9);
    bytes[0] = 0x21;
    new DataView(bytes.buffer).setFloat64(1, value, true);
    return bytes;
  }
  if (value >= 0) return concatBytes([Uint8Array.of(0x18), varint(value)]);
  // A negative int64 is its two's complement: always ten bytes.
  const bytes = new Uint8Array(11);
  bytes[0] = 0x18;
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let at = 1; at < 11; at += 1) {
    bytes[at] = Number(rest & 0x7fn) | (at < 10 ? 0x80 : 0);
    rest >>= 7n;
  }
  return bytes;
}

/** What was thrown, for a message; a thrown value may itself be hostile. */
export function describeThrown(error: unknown): string {
  try {
    return types.isNativeError(error) ? Error.prototype.toString.call(error) : String(error);
  } catch {
    return "something that cannot be shown";
  }
}
