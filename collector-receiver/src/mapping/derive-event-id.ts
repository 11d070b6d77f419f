import { makeUuidV5, uuidText } from "../bytes/uuid.ts";
import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier } from "../otlp/otlp-carrier.ts";
import type { EventDataArena } from "./event-data-arena.ts";
import { idKind, type IdKind } from "./id-kind.ts";
import { namesProcess, type ResourceReading } from "./read-resource.ts";

/** Namespace of derived ids (RFC 9562, version 5); a constant of this project. */
const namespace = Buffer.from("6ba5c1b67d0a4c7e9b0e6f4d1f1c2a55", "hex");

const nothing = Buffer.alloc(0);
const aiCall = "ai.call";
/** How a member with the semantic conventions' id of a log record begins; one with an empty id. */
const uidStart = Buffer.from(',"log.record.uid":');
const emptyUid = Buffer.from(',"log.record.uid":""');

/** What identifies an event that carries no id of its own. */
export interface EventFingerprint {
  /** 16 bytes, or empty. */
  readonly traceId: Buffer;
  /** The span's own id, 8 bytes, or empty. */
  readonly spanId: Buffer;
  /** Counts only if both ids are empty. */
  readonly resource: ResourceReading;
  readonly name: string;
  readonly timeHigh: number;
  readonly timeLow: number;
  /** The members of `event_data` as they were written, in any order. */
  readonly members: readonly Buffer[];
}

/** What is to be known of a derived id. */
export interface DerivedId {
  readonly kind: IdKind;
  /** The id that receivers before 0.3.0 gave the event; undefined: the same. Goes with 0.4.0. */
  readonly earlierId?: string;
}

/** The fingerprint of the carrier's present event. */
export function fingerprintOf(
  carrier: OtlpCarrier,
  name: string,
  resource: ResourceReading,
  members: readonly Buffer[],
): EventFingerprint {
  const { ids, traceIdState, spanIdState, timeHigh, timeLow } = carrier;
  const traceId = traceIdState === idState.valid ? ids.subarray(traceIdAt, spanIdAt) : nothing;
  const spanId = spanIdState === idState.valid ? ids.subarray(spanIdAt, parentSpanIdAt) : nothing;
  return { traceId, spanId, resource, name, timeHigh, timeLow, members };
}

/** Cuts the arena's present event into its members. */
export function readMembers(arena: EventDataArena, starts: readonly number[]): Buffer[] {
  return starts.map((start, i) => arena.copy(start, starts[i + 1] ?? arena.length));
}

/**
 * A UUIDv5 of what the event says, so that a retry gives the same: derivation 1 if it has a trace or span id, else derivation 2.
 * @param ordinals how often each event was met within the same span, or among the log records of a resource; updated
 * @param uuid takes the 16 bytes
 */
export function deriveEventId(fingerprint: EventFingerprint, ordinals: Map<string, number>, uuid: DataView): DerivedId {
  const { traceId, spanId, resource, members } = fingerprint;
  if (traceId.length > 0 || spanId.length > 0) {
    write(deriveFromTrace(fingerprint, nothing, ordinals), uuid);
    return { kind: idKind.derived };
  }
  const earlier = deriveFromTrace(fingerprint, Buffer.from(resource.serviceInstanceId ?? ""), null);
  const earlierId = uuidText(earlier, 0);
  const uid = members.find(
    (member) => member.subarray(0, uidStart.length).equals(uidStart) && !member.equals(emptyUid),
  );
  if (uid !== undefined) {
    write(makeUuidV5(frame([uid])), uuid);
    return { kind: idKind.foreign, earlierId };
  }
  write(deriveFromProcess(fingerprint), uuid);
  return { kind: namesProcess(resource) ? idKind.derived : idKind.ambiguous, earlierId };
}

/** The id of the call of a model that a span is: a UUIDv5 of trace id, span id and `ai.call`, in `uuid`. */
export function deriveAiCallId({ ids }: OtlpCarrier, uuid: DataView): void {
  const [traceId, spanId] = [ids.subarray(traceIdAt, spanIdAt), ids.subarray(spanIdAt, parentSpanIdAt)];
  write(makeUuidV5(frame([traceId, spanId, Buffer.from(aiCall)])), uuid);
}

/**
 * Derivation 1: (trace id, span id, name, nanoseconds, sorted attributes, ordinal among identical ones).
 * @param origin what stood in the place of both ids before derivation 2
 * @param ordinals null: the first of identical ones
 */
function deriveFromTrace(fingerprint: EventFingerprint, origin: Buffer, ordinals: Map<string, number> | null): Buffer {
  const { traceId, spanId, name, members } = fingerprint;
  const content = frame([traceId, spanId, origin, Buffer.from(name), timeOf(fingerprint), ...sorted(members)]);
  const first = makeUuidV5(content);
  if (ordinals === null) return first;
  const key = first.toString("hex");
  const ordinal = ordinals.get(key) ?? 0;
  ordinals.set(key, ordinal + 1);
  if (ordinal === 0) return first;
  const suffix = Buffer.alloc(4);
  suffix.writeUInt32BE(ordinal);
  return makeUuidV5(Buffer.concat([content, suffix]));
}

/**
 * Derivation 2: (service, what tells its processes apart, name, nanoseconds, sorted attributes). Records that are alike are not
 * numbered: a Collector may put a record and its retry into one resource.
 */
function deriveFromProcess(fingerprint: EventFingerprint): Buffer {
  const { resource, name, members } = fingerprint;
  const origin = [resource.serviceName, ...resource.process].map((text) => Buffer.from(text ?? ""));
  return makeUuidV5(frame([Buffer.from("2"), ...origin, Buffer.from(name), timeOf(fingerprint), ...sorted(members)]));
}

function timeOf({ timeHigh, timeLow }: EventFingerprint): Buffer {
  const time = Buffer.alloc(8);
  time.writeUInt32BE(timeHigh, 0);
  time.writeUInt32BE(timeLow, 4);
  return time;
}

function sorted(members: readonly Buffer[]): readonly Buffer[] {
  return members.toSorted(Buffer.compare);
}

/** The namespace and the parts, each behind its length: that keeps ("a", "bc") and ("ab", "c") apart. */
function frame(parts: readonly Buffer[]): Buffer {
  const framed: Buffer[] = [namespace];
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    framed.push(length, part);
  }
  return Buffer.concat(framed);
}

function write(id: Buffer, uuid: DataView): void {
  for (let i = 0; i < 16; i++) uuid.setUint8(i, id[i]!);
}
