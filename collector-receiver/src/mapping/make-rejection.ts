import { hash } from "node:crypto";
import { maxEventNameLength } from "@spanledger/sdk/event-catalogue";
import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import type { EventSource, RejectedEvent } from "./business-event.ts";
import type { EventName } from "./compile-catalogue.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { shortenText } from "./describe-value.ts";
import { rejectionCodes } from "./rejection-codes.ts";
import { payloadTypes } from "./write-rejection-payload.ts";

interface BadEvent {
  readonly tenantId: string;
  readonly name: EventName;
  readonly problem: EventProblem;
  /** A complete request with this one event. */
  readonly payload: Buffer;
  readonly encoding: OtlpEncoding;
  readonly signal: OtlpSignal;
  readonly source: EventSource | null;
}

/** The row that keeps an event which cannot be counted. */
export function makeRejection({ tenantId, name, problem, payload, encoding, signal, source }: BadEvent): RejectedEvent {
  const payloadType = payloadTypes[encoding];
  const head = Buffer.from(`${signal}\n${payloadType}\n`);
  return {
    tenantId,
    code: problem.code,
    reason: `${problem.text}. ${rejectionCodes[problem.code].action}`,
    eventName: name.text === "" ? null : shortenText(name.text, maxEventNameLength),
    payload,
    payloadType,
    signal,
    contentHash: hash("sha256", Buffer.concat([head, payload]), "buffer"),
    source,
  };
}
