import { deriveSourceId } from "./derive-source-id.ts";
import { ImportError } from "./import-error.ts";
import { LocalTimes } from "./local-time.ts";
import type { AttributeSpec, EventSpec, Mapping, TimeSpec, WhenSpec } from "./mapping-schemas.ts";
import { timeReader, type ReadTime } from "./read-time.ts";
import { isEmptyValue, valueOf, type RowFields } from "./source-row.ts";
import { convertValue, type AttributeTypes } from "./convert-value.ts";
import { NumberText } from "../mapping/write-log-record.ts";
import type { PlainEvent, RecordValue } from "../mapping/write-log-record.ts";

/** What one row says: events, or what is wrong with it. */
export interface ConvertedRow {
  readonly events: readonly PlainEvent[];
  /** What keeps an event of the row from being imported. */
  readonly problems: readonly string[];
}

interface TimeOfEvent {
  readonly column: string;
  readonly read: ReadTime;
  /** Null: times without a zone cannot be read. */
  readonly local: LocalTimes | null;
}

interface EventPlan {
  readonly spec: EventSpec;
  readonly time: TimeOfEvent;
  readonly attributes: readonly (readonly [name: string, spec: AttributeSpec])[];
}

/** Attributes of this prefix are ours on the wire: a row that has them was an event of somebody's already. */
const ownPrefix = "spanledger.";

/** Turns rows into events by a mapping. */
export class RowConverter {
  readonly #source: string;
  readonly #key: readonly string[];
  readonly #plans: readonly EventPlan[];
  readonly #types: AttributeTypes;
  readonly #locals = new Map<string, LocalTimes>();

  /**
   * @param zone of times that name none, if the mapping does not say it
   * @throws RangeError if a timezone is not known
   */
  constructor(mapping: Mapping, types: AttributeTypes, zone: string | undefined, nowMs: number) {
    this.#source = mapping.source;
    this.#key = typeof mapping.key === "string" ? [mapping.key] : mapping.key;
    this.#types = types;
    const timeOf = (spec: TimeSpec): TimeOfEvent => {
      const { column, format, zone: own } = typeof spec === "string" ? { column: spec } : spec;
      const name = own ?? zone;
      return { column, read: timeReader(format), local: name === undefined ? null : this.#localOf(name, nowMs) };
    };
    this.#plans = mapping.events.map((spec) => ({
      spec,
      time: timeOf((spec.time ?? mapping.time)!),
      attributes: Object.entries(spec.attributes ?? {}),
    }));
  }

  /** The columns that the mapping reads. */
  get columns(): readonly string[] {
    const named = this.#plans.flatMap(({ spec: { event, when, spread }, time, attributes }) => [
      ...(typeof event === "string" ? [] : [event.column]),
      ...(when === undefined ? [] : [typeof when === "string" ? when : when.column]),
      ...(spread === undefined ? [] : [spread]),
      time.column,
      ...attributes.flatMap(([, spec]) => columnsOf(spec)),
    ]);
    return [...new Set([...this.#key, ...named])];
  }

  /** How many local times were repeated or skipped by a change of clocks. */
  get clockChanges(): { readonly repeated: number; readonly skipped: number } {
    const all = [...this.#locals.values()];
    const sum = (read: (times: LocalTimes) => number) => all.reduce((total, times) => total + read(times), 0);
    return { repeated: sum(({ repeated }) => repeated), skipped: sum(({ skipped }) => skipped) };
  }

  convert(fields: RowFields): ConvertedRow {
    const key = this.#key.map((column) => valueOf(fields, column));
    const empty = key.findIndex(isEmptyValue);
    if (empty >= 0) return { events: [], problems: [`${this.#key[empty]} is empty, and it is the key`] };
    // Texts of objects are the same for many, and so would the ids be.
    const composed = key.findIndex((value) => typeof value === "object" && !(value instanceof NumberText));
    if (composed >= 0) {
      return { events: [], problems: [`${this.#key[composed]} is neither a text nor a number, and it is the key`] };
    }
    const events: PlainEvent[] = [];
    const problems: string[] = [];
    for (const plan of this.#plans) {
      const made = this.#convertEvent(plan, fields, key);
      if (typeof made === "string") problems.push(made);
      else if (made !== null) events.push(made);
    }
    return { events, problems };
  }

  /** @returns null if the row has no such event; a text if something is wrong with it */
  #convertEvent({ spec, time, attributes }: EventPlan, fields: RowFields, key: readonly unknown[]) {
    if (spec.when !== undefined && !applies(spec.when, fields)) return null;
    const name = nameOf(spec, fields);
    if (name === null) return null;
    if (typeof name !== "string") return name.problem;
    const occurredAtMs = this.#readTime(time, fields);
    if (typeof occurredAtMs === "string") return occurredAtMs;
    const values = new Map<string, RecordValue>();
    const spread = spec.spread === undefined ? undefined : valueOf(fields, spec.spread);
    if (!isEmptyValue(spread)) {
      const members = membersOf(spread);
      if (members === null) return `${spec.spread} is not a JSON object`;
      for (const [member, value] of members) if (!member.startsWith(ownPrefix)) values.set(member, value);
    }
    for (const [attribute, from] of attributes) {
      const value = this.#readAttribute(name, attribute, from, time, fields);
      if (value !== undefined) values.set(attribute, value);
    }
    const broken = [...values].find(([attribute, value]) => !isWellFormed(attribute) || !isWellFormed(value));
    if (broken !== undefined) {
      return `${JSON.stringify(broken[0])} has half of a character (a lone surrogate), which UTF-8 cannot hold`;
    }
    if (!name.isWellFormed()) return `the event's name ${JSON.stringify(name)} has half of a character`;
    const eventId = deriveSourceId(this.#source, key.map(String), spec.as);
    return { eventId, name, occurredAtMs, attributes: values } satisfies PlainEvent;
  }

  #readAttribute(event: string, attribute: string, spec: AttributeSpec, time: TimeOfEvent, fields: RowFields) {
    if (typeof spec === "object" && "value" in spec) return spec.value;
    const type = this.#types.typeOf(event, attribute);
    if (typeof spec === "object" && "from" in spec) {
      const [from, to] = [spec.from, spec.to].map((column) => this.#readTime({ ...time, column }, fields, false));
      if (typeof from !== "number" || typeof to !== "number") return undefined;
      return (to - from) / this.#types.millisecondsOf(event, attribute);
    }
    const given = typeof spec === "string" ? { column: spec } : spec;
    const value = valueOf(fields, given.column);
    return isEmptyValue(value) ? undefined : convertValue(value, given, type);
  }

  #readTime({ column, read, local }: TimeOfEvent, fields: RowFields, ofEvent = true): number | string {
    const value = valueOf(fields, column);
    if (isEmptyValue(value)) return `${column} is empty, and it is the time`;
    const time = read(value);
    if (time === null) return `${column} is ${JSON.stringify(value)}, which is not a time of the stated format`;
    if (!time.isLocal) return time.ms;
    if (local === null) throw zoneNeeded(column, value);
    return local.instantOf(time.ms, ofEvent);
  }

  #localOf(zone: string, nowMs: number): LocalTimes {
    let local = this.#locals.get(zone);
    if (local === undefined) this.#locals.set(zone, (local = new LocalTimes(zone, nowMs)));
    return local;
  }
}

/** UTF-8 has no lone surrogates: each would become U+FFFD, and the event another one than the source's. */
function isWellFormed(value: RecordValue): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null || value instanceof NumberText) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}

function zoneNeeded(column: string, value: unknown): ImportError {
  const remedy = "Say in which zone it was written, such as --zone Asia/Shanghai.";
  return new ImportError("zone_needed", `${column} is ${JSON.stringify(value)}, a time without a zone. ${remedy}`);
}

function columnsOf(spec: AttributeSpec): readonly string[] {
  if (typeof spec === "string") return [spec];
  if ("value" in spec) return [];
  return "from" in spec ? [spec.from, spec.to] : [spec.column];
}

function applies(when: WhenSpec, fields: RowFields): boolean {
  if (typeof when === "string") return !isEmptyValue(valueOf(fields, when));
  const value = valueOf(fields, when.column);
  const among = (words: readonly unknown[]): boolean =>
    words.some((word) => (isEmptyValue(value) ? isEmptyValue(word) : String(word) === String(value)));
  return "is" in when ? among(when.is) : !among(when.not);
}

function nameOf({ event }: EventSpec, fields: RowFields): string | null | { readonly problem: string } {
  if (typeof event === "string") return event;
  const word = valueOf(fields, event.column);
  if (isEmptyValue(word)) return { problem: `${event.column} is empty, and it names the event` };
  const text = String(word);
  if (event.values === undefined) return text;
  if (Object.hasOwn(event.values, text)) return event.values[text] as string | null;
  return {
    problem: `${event.column} is ${JSON.stringify(text)}, which the mapping does not name: write null to skip it`,
  };
}

function membersOf(value: unknown): readonly (readonly [string, RecordValue])[] | null {
  let object = value;
  if (typeof value === "string") {
    try {
      object = JSON.parse(value);
    } catch {
      return null;
    }
  }
  return typeof object === "object" && object !== null && !Array.isArray(object)
    ? Object.entries(object as Record<string, RecordValue>)
    : null;
}
