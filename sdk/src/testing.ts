import { Buffer } from "node:buffer";
import { inspect, isDeepStrictEqual } from "node:util";
import { decodeAnyValue, decodeAttributes } from "./decode-attributes.ts";
import type { KnownEventName } from "./checked-attributes.ts";
import type { CustomEventName } from "./custom-event.ts";
import type { AttributesOf, BusinessEventName } from "./event-catalogue.ts";
import type { OwnAttributesOf } from "./own-attributes.ts";
import type { OwnEvents } from "./own-events.ts";
import { encodeAnyValue } from "./recording/encode-any-value.ts";
import type { EventRecord } from "./recording/event-record.ts";
import { pipeline } from "./shared-pipeline.ts";

/** One recorded event, with the attributes as they would travel. */
export interface TestEvent<N extends string = string> {
  readonly name: N;
  readonly attributes: N extends BusinessEventName
    ? AttributesOf<N>
    : N extends keyof OwnEvents
      ? OwnAttributesOf<N>
      : Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
  /** 32 hex digits, or null if no span was active. */
  readonly traceId: string | null;
}

/** Keeps what is recorded, for a test of a product; nothing is sent meanwhile. */
export interface TestRecorder {
  /** All events so far, or those of one name, in the order in which they were recorded. */
  events(): TestEvent[];
  events<N extends KnownEventName | CustomEventName>(name: N): TestEvent<N>[];
  /**
   * The first event of this name whose attributes include these.
   * @throws Error that names the nearest event and each attribute in which it differs
   */
  expectEvent<N extends KnownEventName | CustomEventName>(
    name: N,
    attributes?: Readonly<Record<string, unknown>>,
  ): TestEvent<N>;
  /** @throws Error if an event of this name was recorded */
  expectNone(name: KnownEventName | CustomEventName): void;
  clear(): void;
  /** Ends the recording; events are sent again. */
  stop(): void;
}

/**
 * Starts keeping events instead of sending them. Under `NODE_ENV=test`, wrong use throws at the call.
 * @throws Error if another recorder of this process has not been stopped
 */
export function createTestRecorder(): TestRecorder {
  if (pipeline.recorder.capture !== null) {
    throw new Error("another test recorder is running: call its stop() first, for example in afterEach");
  }
  let recorded: TestEvent[] = [];
  pipeline.recorder.capture = (record) => recorded.push(toTestEvent(record));
  const named = (name: string): TestEvent[] => recorded.filter((event) => event.name === name);
  function events(): TestEvent[];
  function events<N extends KnownEventName | CustomEventName>(name: N): TestEvent<N>[];
  function events(name?: string): TestEvent[] {
    return name === undefined ? [...recorded] : named(name);
  }
  return {
    events,
    expectEvent<N extends KnownEventName | CustomEventName>(
      name: N,
      attributes: Readonly<Record<string, unknown>> = {},
    ) {
      const candidates = named(name);
      const found = candidates.find((event) => differences(event, attributes).length === 0);
      if (found === undefined) throw new Error(describeMiss(name, attributes, candidates, recorded));
      return found as TestEvent<N>;
    },
    expectNone(name) {
      const [first] = named(name);
      if (first !== undefined) {
        throw new Error(`business event ${name} was recorded: ${inspect(first.attributes)}`);
      }
    },
    clear() {
      recorded = [];
    },
    stop() {
      pipeline.recorder.capture = null;
    },
  };
}

function toTestEvent(record: EventRecord): TestEvent {
  return {
    name: Buffer.from(record.name).toString("utf8"),
    attributes: decodeAttributes(record.attributes),
    occurredAt: new Date(record.timeMs),
    traceId: record.traceId === undefined ? null : Buffer.from(record.traceId).toString("hex"),
  };
}

/**
 * Whether a recorded value is the wanted one: by a matcher such as Jest's `expect.any(String)`, else as the wanted one
 * would have been recorded (a Date of whatever realm is its ISO text).
 */
function matches(actual: unknown, wanted: unknown): boolean {
  if (isMatcher(wanted)) return wanted.asymmetricMatch(actual);
  if (isDeepStrictEqual(actual, wanted ?? undefined)) return true;
  if (typeof wanted !== "object" || wanted === null) return false;
  if (Array.isArray(wanted) && Array.isArray(actual) && wanted.length === actual.length) {
    return wanted.every((one, index) => matches(actual[index], one));
  }
  const encoded = encodeAnyValue(wanted);
  return "anyValue" in encoded && isDeepStrictEqual(actual, decodeAnyValue(encoded.anyValue));
}

function isMatcher(value: unknown): value is { asymmetricMatch(actual: unknown): boolean } {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { asymmetricMatch?: unknown }).asymmetricMatch === "function"
  );
}

function differences(event: TestEvent, wanted: Readonly<Record<string, unknown>>): string[] {
  const actual: Readonly<Record<string, unknown>> = event.attributes;
  if (isMatcher(wanted))
    return wanted.asymmetricMatch(actual) ? [] : [`  ${inspect(wanted)} does not match ${inspect(actual)}`];
  return Object.entries(wanted)
    .filter(([key, value]) => !matches(actual[key], value))
    .map(([key, value]) => `  ${key}: expected ${inspect(value)}, recorded ${inspect(actual[key])}`);
}

function describeMiss(
  name: string,
  wanted: Readonly<Record<string, unknown>>,
  candidates: readonly TestEvent[],
  all: readonly TestEvent[],
): string {
  if (candidates.length === 0) {
    const counts = new Map<string, number>();
    for (const event of all) counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
    const list = [...counts].map(([other, count]) => `${other} (${count})`).join(", ");
    return `business event ${name} was not recorded; recorded: ${list === "" ? "nothing" : list}`;
  }
  const nearest = candidates.map((event) => differences(event, wanted)).toSorted((a, b) => a.length - b.length)[0]!;
  const count = candidates.length === 1 ? "once" : `${candidates.length} times`;
  return [`business event ${name} was recorded ${count}, but not with these attributes; nearest:`, ...nearest].join(
    "\n",
  );
}
