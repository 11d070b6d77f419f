import {
  commonAttributes,
  eventCatalogue,
  maxEventNameLength,
  reservedAttributes,
  type AttributeDefinition,
  type AttributeType,
} from "@spanledger/sdk/event-catalogue";
import { AttributeTape, forgetFollowers, jsonHeadOf, type TapeKey } from "../otlp/attribute-tape.ts";
import { ByteWords } from "../otlp/byte-words.ts";
import { EventDataArena, textState, type TextState } from "./event-data-arena.ts";
import { textColumn } from "./event-row-arena.ts";
import type { CustomDefinitions } from "../definitions/custom-definitions.ts";
import { customAttributeRules } from "./custom-attribute-rules.ts";
import { InternTable } from "./intern-table.ts";

/** Where a captured value goes, beside `event_data`. */
export const capture = { none: 0, sessionId: 1, agentId: 2, ticketId: 3, test: 4 } as const;
export const reserved = { none: 0, eventId: 1, sourceId: 2, eventSeq: 3, other: 4 } as const;

/** What one event demands of one attribute. */
export interface AttributeRule {
  readonly name: string;
  readonly type: AttributeType;
  /** One bit per required attribute of the event; 0 where it is optional. */
  readonly requiredBit: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly maxLength: number;
  readonly capture: (typeof capture)[keyof typeof capture];
}

/** Rules of one event; `rules` is indexed by `AttributeKey.slot`. */
export interface EventPlan {
  readonly rules: readonly (AttributeRule | null)[];
  readonly required: readonly AttributeRule[];
  /** All bits of `required`. */
  readonly requiredMask: number;
}

export interface AttributeKey extends TapeKey {
  readonly bytes: Buffer;
  readonly text: string;
  readonly state: TextState;
  /** `,"key":` */
  readonly json: Buffer;
  readonly jsonWords: ByteWords;
  /** 0 for a name that no rule knows. */
  readonly slot: number;
  readonly counted: boolean;
  readonly reserved: (typeof reserved)[keyof typeof reserved];
}

export interface EventName {
  readonly bytes: Buffer;
  readonly words: ByteWords;
  readonly text: string;
  /** As it lies in a row. */
  readonly column: ByteWords;
  readonly state: TextState;
  readonly tooLong: boolean;
  /** Null outside the catalogue. */
  readonly plan: EventPlan | null;
}

export interface CompiledCatalogue {
  readonly names: InternTable<EventName>;
  readonly keys: InternTable<AttributeKey>;
  readonly tape: AttributeTape<AttributeKey>;
  readonly customPlan: EventPlan;
}

/**
 * Attributes that mean the same on every event, custom ones too: the first three are columns of
 * `analytics_events`, so a value that does not fit is rejected wherever it stands.
 */
const attributesOfEveryEvent: Readonly<Record<string, AttributeDefinition>> = {
  session_id: optional(eventCatalogue["session.start"].attributes.session_id),
  agent_id: optional(eventCatalogue["agent.login"].attributes.agent_id),
  ticket_id: optional(eventCatalogue["ticket.created"].attributes.ticket_id),
  ...commonAttributes,
};

function optional({ required: _, ...definition }: AttributeDefinition): AttributeDefinition {
  return definition;
}

const captures: Readonly<Record<string, AttributeRule["capture"]>> = {
  session_id: capture.sessionId,
  agent_id: capture.agentId,
  ticket_id: capture.ticketId,
  test: capture.test,
};

const reservedByName: Readonly<Record<string, AttributeKey["reserved"]>> = {
  [reservedAttributes.eventId]: reserved.eventId,
  [reservedAttributes.sourceId]: reserved.sourceId,
  [reservedAttributes.eventSeq]: reserved.eventSeq,
};

/** Attributes of this prefix are ours on the wire and never part of `event_data`. */
const reservedPrefix = "spanledger.";

const catalogueSlots = new Map<string, number>();
for (const attributes of [
  attributesOfEveryEvent,
  ...Object.values(eventCatalogue).map((definition) => definition.attributes),
]) {
  for (const name of Object.keys(attributes))
    if (!catalogueSlots.has(name)) catalogueSlots.set(name, catalogueSlots.size + 1);
}

const compiled = new WeakMap<ReadonlySet<string> | CustomDefinitions, CompiledCatalogue>();

/**
 * The catalogue made ready for the hot path, with a product's own events beside it; one per definitions, else one
 * per set of counted attributes, cached.
 */
export function compileCatalogue(
  countedAttributes: ReadonlySet<string>,
  custom?: CustomDefinitions,
): CompiledCatalogue {
  const key = custom ?? countedAttributes;
  let known = compiled.get(key);
  if (known === undefined) {
    const own = custom === undefined ? {} : customAttributeRules(custom, attributesOfEveryEvent);
    const slots = new Map(catalogueSlots);
    for (const attributes of Object.values(own)) {
      for (const name of Object.keys(attributes)) if (!slots.has(name)) slots.set(name, slots.size + 1);
    }
    const plans = new Map<string, EventPlan>();
    for (const [name, definition] of Object.entries(eventCatalogue)) {
      plans.set(name, compilePlan(definition.attributes, slots));
    }
    for (const [name, attributes] of Object.entries(own)) plans.set(name, compilePlan(attributes, slots));
    const keys = new InternTable<AttributeKey>(
      (bytes) => makeAttributeKey(bytes, countedAttributes, slots),
      forgetFollowers,
    );
    known = {
      names: new InternTable((bytes) => makeEventName(bytes, plans)),
      keys,
      tape: new AttributeTape((bytes, start, end) => keys.find(bytes, start, end)),
      customPlan: compilePlan({}, slots),
    };
    compiled.set(key, known);
  }
  return known;
}

/** What is asked of a value; the rest of a definition is for people. */
export type AskedAttribute = Pick<
  AttributeDefinition,
  "type" | "required" | "minimum" | "maximum" | "int4" | "maxLength"
>;

function compilePlan(own: Readonly<Record<string, AskedAttribute>>, slots: ReadonlyMap<string, number>): EventPlan {
  const rules: (AttributeRule | null)[] = Array.from({ length: slots.size + 1 }, () => null);
  const required: AttributeRule[] = [];
  for (const [name, definition] of Object.entries<AskedAttribute>({ ...attributesOfEveryEvent, ...own })) {
    const isRequired = definition.required === true;
    const int4 = definition.int4 === true;
    const rule: AttributeRule = {
      name,
      type: definition.type,
      requiredBit: isRequired ? 1 << required.length : 0,
      minimum: Math.max(definition.minimum ?? -Infinity, int4 ? -0x80000000 : -Infinity),
      maximum: Math.min(definition.maximum ?? Infinity, int4 ? 0x7fffffff : Infinity),
      maxLength: definition.maxLength ?? Infinity,
      capture: captures[name] ?? capture.none,
    };
    if (isRequired) required.push(rule);
    rules[slots.get(name)!] = rule;
  }
  return { rules, required, requiredMask: (1 << required.length) - 1 };
}

const nameArena = new EventDataArena();

function makeEventName(bytes: Buffer, plans: ReadonlyMap<string, EventPlan>): EventName {
  const text = bytes.toString();
  return {
    bytes,
    words: new ByteWords(bytes),
    text,
    column: textColumn(text),
    state: checkText(bytes),
    tooLong: bytes.length > maxEventNameLength && [...text].length > maxEventNameLength,
    plan: plans.get(text) ?? null,
  };
}

function makeAttributeKey(
  bytes: Buffer,
  countedAttributes: ReadonlySet<string>,
  slots: ReadonlyMap<string, number>,
): AttributeKey {
  const text = bytes.toString();
  const state = checkText(bytes);
  const json = Buffer.from(`,${JSON.stringify(text)}:`);
  return {
    bytes,
    words: new ByteWords(bytes),
    text,
    state,
    json,
    jsonWords: new ByteWords(json),
    jsonHead: state > textState.unicode ? null : new ByteWords(Buffer.from(jsonHeadOf(text))),
    next: null,
    otherNext: null,
    slot: slots.get(text) ?? 0,
    counted: countedAttributes.has(text),
    reserved: text.startsWith(reservedPrefix) ? (reservedByName[text] ?? reserved.other) : reserved.none,
  };
}

function checkText(bytes: Buffer): TextState {
  nameArena.begin(bytes.length * 6 + 2);
  return nameArena.writeString(bytes, 0, bytes.length);
}
