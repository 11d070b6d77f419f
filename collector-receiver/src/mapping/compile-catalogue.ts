import {
  commonAttributes,
  eventCatalogue,
  maxEventNameLength,
  reservedAttributes,
  type AttributeDefinition,
} from "@spanledger/sdk/event-catalogue";
import { AttributeTape } from "../otlp/attribute-tape.ts";
import { EventDataArena, type TextState } from "./event-data-arena.ts";
import { textColumn } from "./event-row-arena.ts";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { AttributeKey, capture, MappingPlan, reserved, type AttributeRule } from "./event-plan.ts";
import type { AskedAttribute } from "./asked-attribute.ts";
import { NameFilter } from "../bytes/name-filter.ts";
import { CloseNames } from "./close-names.ts";
import { KnownKeys } from "./known-keys.ts";
import { customAttributeRules } from "./custom-attribute-rules.ts";
import { InternTable } from "../bytes/intern-table.ts";

export interface EventName {
  readonly bytes: Buffer;
  readonly text: string;
  /** As it lies in a row. */
  readonly column: Buffer;
  readonly state: TextState;
  readonly tooLong: boolean;
  /** Null outside the catalogue. */
  readonly plan: MappingPlan | null;
  /** True if it is almost a name of the catalogue. */
  readonly isClose: boolean;
}

export interface CompiledCatalogue {
  readonly names: InternTable<EventName>;
  readonly keys: InternTable<AttributeKey>;
  /** Our own names and those of the rules. */
  readonly knownKeys: KnownKeys;
  readonly tape: AttributeTape<AttributeKey>;
  readonly customPlan: MappingPlan;
  readonly eventNames: readonly string[];
  readonly nameFilter: NameFilter;
  /** How the names begin, up to the dot. */
  readonly nameStems: readonly Buffer[];
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
    const keys = new InternTable<AttributeKey>((bytes) => makeAttributeKey(bytes, countedAttributes, slots));
    let planCount = 0;
    const compile = (attributes: Readonly<Record<string, AskedAttribute>>) =>
      compilePlan(planCount++, attributes, slots);
    const plans = new Map<string, MappingPlan>();
    for (const [name, definition] of Object.entries(eventCatalogue)) plans.set(name, compile(definition.attributes));
    for (const [name, attributes] of Object.entries(own)) plans.set(name, compile(attributes));
    const eventNames = [...plans.keys()];
    const closeNames = new CloseNames(eventNames);
    known = {
      names: new InternTable((bytes) => makeEventName(bytes, plans, closeNames)),
      eventNames,
      nameFilter: new NameFilter(eventNames),
      nameStems: [...new Set(eventNames.map((name) => name.replace(/\..*/, ".")))].map((stem) => Buffer.from(stem)),
      keys,
      knownKeys: new KnownKeys(
        [...slots.keys(), ...Object.keys(reservedByName)].map((name) =>
          makeAttributeKey(Buffer.from(name), countedAttributes, slots),
        ),
        makeAttributeKey(Buffer.from("-"), new Set(), new Map()),
      ),
      tape: new AttributeTape((bytes, start, end) => keys.intern(bytes, start, end)),
      customPlan: compile({}),
    };
    compiled.set(key, known);
  }
  return known;
}

function compilePlan(
  index: number,
  own: Readonly<Record<string, AskedAttribute>>,
  slots: ReadonlyMap<string, number>,
): MappingPlan {
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
      takesIntegers: name === "user_id",
    };
    if (isRequired) required.push(rule);
    rules[slots.get(name)!] = rule;
  }
  return new MappingPlan(index, rules, required);
}

const nameArena = new EventDataArena();

function makeEventName(bytes: Buffer, plans: ReadonlyMap<string, MappingPlan>, close: CloseNames): EventName {
  const text = bytes.toString();
  const plan = plans.get(text) ?? null;
  return {
    bytes,
    text,
    column: textColumn(text),
    state: checkText(bytes),
    tooLong: bytes.length > maxEventNameLength && [...text].length > maxEventNameLength,
    plan,
    isClose: plan === null && close.isClose(text),
  };
}

/** A longer name is cut: no event has room for what is left of it. */
const maxAttributeNameBytes = 96 * 1024;

/** The last place up to `max` that is not within a character. */
function endOfCharacter(bytes: Buffer, max: number): number {
  let end = Math.min(bytes.length, max);
  if (end < bytes.length) while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end;
}

function makeAttributeKey(
  whole: Buffer,
  countedAttributes: ReadonlySet<string>,
  slots: ReadonlyMap<string, number>,
): AttributeKey {
  const bytes = whole.subarray(0, endOfCharacter(whole, maxAttributeNameBytes));
  const text = bytes.toString();
  return new AttributeKey(bytes, {
    text,
    state: checkText(bytes),
    slot: slots.get(text) ?? 0,
    counted: countedAttributes.has(text),
    // An attribute without a name is lost, as one that we reserve: OpenTelemetry Go sends it.
    reserved: text === "" || text.startsWith(reservedPrefix) ? (reservedByName[text] ?? reserved.other) : reserved.none,
  });
}

function checkText(bytes: Buffer): TextState {
  // An escape has six bytes, and while one is written the rest of the text has to fit unescaped.
  nameArena.begin(bytes.length * 7 + 8);
  return nameArena.writeString(bytes, 0, bytes.length);
}
