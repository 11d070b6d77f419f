import { hash } from "node:crypto";
import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier } from "../otlp/otlp-carrier.ts";
import type { EventDataArena } from "./event-data-arena.ts";

/** Namespace of derived ids (RFC 9562, version 5); a constant of this project. */
const namespace = Buffer.from("6ba5c1b67d0a4c7e9b0e6f4d1f1c2a55", "hex");

const nothing = Buffer.alloc(0);

/** What identifies an event that carries no id of its own. */
export interface EventFingerprint {
  /** 16 bytes, or empty. */
  readonly traceId: Buffer;
  /** The span's own id, 8 bytes, or empty. */
  readonly spanId: Buffer;
  /** Read only where both ids are empty. */
  readonly serviceInstanceId: string | null;
  readonly name: string;
  readonly timeHigh: number;
  readonly timeLow: number;
  /** The members of `event_data` as they were written, in any order. */
  readonly members: readonly Buffer[];
}

/** The fingerprint of the carrier's present event. */
export function fingerprintOf(
  carrier: OtlpCarrier,
  name: string,
  serviceInstanceId: string | null,
  members: readonly Buffer[],
): EventFingerprint {
  const { ids, traceIdState, spanIdState, timeHigh, timeLow } = carrier;
  const traceId = traceIdState === idState.valid ? ids.subarray(traceIdAt, spanIdAt) : nothing;
  const spanId = spanIdState === idState.valid ? ids.subarray(spanIdAt, parentSpanIdAt) : nothing;
  return { traceId, spanId, serviceInstanceId, name, timeHigh, timeLow, members };
}

/** Cuts the arena's present event into its members. */
export function readMembers(arena: EventDataArena, starts: readonly number[]): Buffer[] {
  return starts.map((start, i) => arena.copy(start, starts[i + 1] ?? arena.length));
}

/**
 * A UUIDv5 over (trace id, span id, name, nanoseconds, sorted attributes, ordinal among identical
 * ones): a retry gives the same. Without both ids the service instance takes their place.
 * @param ordinals how often each event was met within the same span; updated
 * @param uuid takes the 16 bytes
 */
export function deriveEventId(fingerprint: EventFingerprint, ordinals: Map<string, number>, uuid: DataView): void {
  const { traceId, spanId } = fingerprint;
  const origin =
    traceId.length === 0 && spanId.length === 0 ? Buffer.from(fingerprint.serviceInstanceId ?? "") : Buffer.alloc(0);
  const time = Buffer.alloc(8);
  time.writeUInt32BE(fingerprint.timeHigh, 0);
  time.writeUInt32BE(fingerprint.timeLow, 4);
  const members = [...fingerprint.members].sort(Buffer.compare);
  const parts = [traceId, spanId, origin, Buffer.from(fingerprint.name), time, ...members];
  const framed: Buffer[] = [namespace];
  for (const part of parts) {
    // The length before each part keeps ("a", "bc") and ("ab", "c") apart.
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    framed.push(length, part);
  }
  const content = Buffer.concat(framed);
  const first = makeUuidV5(content);
  const key = first.toString("hex");
  const ordinal = ordinals.get(key) ?? 0;
  ordinals.set(key, ordinal + 1);
  const suffix = Buffer.alloc(4);
  suffix.writeUInt32BE(ordinal);
  const bytes = ordinal === 0 ? first : makeUuidV5(Buffer.concat([content, suffix]));
  for (let i = 0; i < 16; i++) uuid.setUint8(i, bytes[i]!);
}

function makeUuidV5(content: Buffer): Buffer {
  const digest = hash("sha1", content, "buffer");
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.subarray(0, 16);
}
