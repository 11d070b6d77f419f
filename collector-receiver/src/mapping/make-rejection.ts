import { createHash } from "node:crypto";
import { maxEventNameLength } from "@spanledger/sdk/event-catalogue";
import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import type { EventSource, RejectedEvent } from "./business-event.ts";
import type { EventName } from "./compile-catalogue.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { shortenText } from "./describe-value.ts";
import { pieceBytes } from "../otlp/walk-pauses.ts";
import { rejectionCodes } from "./rejection-codes.ts";
import { payloadTypes } from "./write-rejection-payload.ts";

/** An event that is kept as it was sent, and why. */
export interface BadEvent {
  readonly tenantId: string;
  readonly name: EventName;
  readonly problem: EventProblem;
  readonly occurredAtMs: number | null;
  /** A complete request with this one event, in parts. */
  readonly payload: readonly Buffer[];
  readonly encoding: OtlpEncoding;
  readonly signal: OtlpSignal;
  readonly source: EventSource | null;
}

/**
 * The row that keeps an event which cannot be counted. It stops after every piece of the payload that is copied and hashed: an
 * event may be as long as a request.
 */
export function* makeRejection({
  tenantId,
  name,
  problem,
  occurredAtMs,
  payload: parts,
  encoding,
  signal,
  source,
}: BadEvent): Generator<undefined, RejectedEvent> {
  const payloadType = payloadTypes[encoding];
  const digest = createHash("sha256").update(`${signal}\n${payloadType}\n`);
  const payload = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += pieceBytes) {
      if (from > 0) yield;
      const piece = part.subarray(from, from + pieceBytes);
      payload.set(piece, at);
      digest.update(piece);
      at += piece.length;
    }
  }
  return {
    tenantId,
    code: problem.code,
    reason: `${problem.text}. ${rejectionCodes[problem.code].action}`,
    eventName: name.text === "" ? null : shortenText(name.text, maxEventNameLength),
    occurredAtMs,
    payload,
    payloadType,
    signal,
    contentHash: digest.digest(),
    source,
  };
}
