import {
  commonAttributes,
  findEventDefinition,
  maxEventNameLength,
  reservedAttributes,
  type AttributeDefinition,
} from "../event-catalogue.ts";
import { spanEventAttributeTag } from "./event-record.ts";
import { concatBytes, utf8Bytes, varintLength, writeVarint } from "./protobuf-bytes.ts";

/** What the catalogue asks of a value, as a number because it is compared for every attribute. */
export const plannedType = { any: 0, string: 1, int: 2, double: 3, boolean: 4 } as const;

/** All that recording needs to know of one attribute, worked out once. */
export interface AttributePlan {
  readonly name: string;
  /** `KeyValue.key` and the tag of `KeyValue.value`, ready to be copied. */
  readonly prefix: Uint8Array;
  /**
   * The same behind `Span.Event.attributes`' tag and the one byte of its length, as little-endian
   * words: copied four bytes at a time, the last of them padded with zeros.
   */
  readonly headWords: Int32Array;
  /** Bytes of the head without the padding. */
  readonly headLength: number;
  /** Longest UTF-8 value for which every length fits one byte. */
  readonly maxShortLength: number;
  /** Numbers, booleans and short strings may take the fast path. */
  readonly fast: boolean;
  readonly type: number;
  /** A bit of `EventPlan.requiredBits`, or 0. */
  readonly requiredBit: number;
  readonly minimum: number;
  readonly maximum: number;
  /** In code points. */
  readonly maxLength: number;
  readonly reserved: boolean;
}

/** All that recording needs to know of events of one name. */
export interface EventPlan {
  readonly name: string;
  readonly nameLength: number;
  /** UTF-8 of the name as words in memory order, padded with zeros. */
  readonly nameWords: Int32Array;
  readonly nameTooLong: boolean;
  readonly requiredBits: number;
  readonly attributes: Map<string, AttributePlan>;
  /** The attributes as the call before had them: most calls of one name pass the same keys in the same order. */
  readonly lastOrder: AttributePlan[];
}

/**
 * Names and keys are remembered up to these numbers; beyond them a plan is made for each call, so
 * that a product which builds names from data does not fill its memory.
 */
const maxRememberedEvents = 1000;
const maxRememberedAttributes = 500;
/** `nameLength` of a record is 16 bits; a receiver stores 50 code points anyway. */
const maxNameBytes = 1024;

const reservedNames: ReadonlySet<string> = new Set(Object.values(reservedAttributes));
const common: ReadonlyMap<string, AttributeDefinition> = new Map(Object.entries(commonAttributes));
const remembered = new Map<string, EventPlan>();

/** The plan for events of this name. */
export function planEvent(name: string): EventPlan {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const plan = createPlan(name);
  if (remembered.size < maxRememberedEvents) remembered.set(name, plan);
  return plan;
}

/** The plan for an attribute that the call before did not have at this place. */
export function planAttribute(event: EventPlan, index: number, name: string): AttributePlan {
  const known = event.attributes.get(name);
  const plan = known ?? createAttributePlan(name, common.get(name), 0);
  if (known === undefined && event.attributes.size < maxRememberedAttributes) event.attributes.set(name, plan);
  if (index <= event.lastOrder.length && index < maxRememberedAttributes) event.lastOrder[index] = plan;
  return plan;
}

/** Names of the required attributes whose bits are missing in `seenBits`. */
export function missingAttributes(event: EventPlan, seenBits: number): string[] {
  return [...event.attributes.values()]
    .filter((plan) => plan.requiredBit !== 0 && (seenBits & plan.requiredBit) === 0)
    .map((plan) => plan.name);
}

function createPlan(name: string): EventPlan {
  const definition = findEventDefinition(name);
  const attributes = new Map<string, AttributePlan>();
  let requiredBits = 0;
  let nextBit = 1;
  for (const [key, attribute] of Object.entries(definition?.attributes ?? {})) {
    const bit = attribute.required === true ? nextBit : 0;
    if (bit !== 0) {
      requiredBits |= bit;
      nextBit <<= 1;
    }
    attributes.set(key, createAttributePlan(key, attribute, bit));
  }
  const nameBytes = utf8Bytes(name).subarray(0, maxNameBytes);
  // Code points are at most code units, so counting them is needed for few names.
  const nameTooLong = name.length > maxEventNameLength && [...name].length > maxEventNameLength;
  const nameWords = new Int32Array(Math.ceil(nameBytes.length / 4));
  new Uint8Array(nameWords.buffer).set(nameBytes);
  return {
    name,
    nameLength: nameBytes.length,
    nameWords,
    nameTooLong,
    requiredBits,
    attributes,
    lastOrder: [],
  };
}

function createAttributePlan(
  name: string,
  definition: AttributeDefinition | undefined,
  requiredBit: number,
): AttributePlan {
  const key = utf8Bytes(name);
  const prefix = new Uint8Array(1 + varintLength(key.length) + key.length + 1);
  prefix[0] = 0x0a;
  const keyStart = writeVarint(prefix, 1, key.length);
  prefix.set(key, keyStart);
  prefix[prefix.length - 1] = 0x12;
  const int4 = definition?.int4 === true;
  // KeyValue = prefix + length + AnyValue(tag + length + value), all of it at most 127 bytes.
  const maxShortLength = 127 - prefix.length - 3;
  const reserved = reservedNames.has(name);
  return {
    name,
    prefix,
    ...layOutHead(prefix),
    maxShortLength,
    // A double needs eight bytes, the longest varint as many.
    fast: !reserved && maxShortLength >= 8,
    type: plannedType[definition?.type ?? "any"],
    requiredBit,
    minimum: definition?.minimum ?? (int4 ? -2_147_483_648 : -Infinity),
    maximum: definition?.maximum ?? (int4 ? 2_147_483_647 : Infinity),
    maxLength: definition?.maxLength ?? Infinity,
    reserved,
  };
}

function layOutHead(prefix: Uint8Array): Pick<AttributePlan, "headWords" | "headLength"> {
  const headLength = 2 + prefix.length;
  const padded = concatBytes([Uint8Array.of(spanEventAttributeTag, 0), prefix, new Uint8Array(3)]);
  const view = new DataView(padded.buffer, padded.byteOffset);
  const headWords = Int32Array.from({ length: Math.ceil(headLength / 4) }, (_, i) => view.getInt32(i * 4, true));
  return { headWords, headLength };
}
