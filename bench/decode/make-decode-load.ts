import { randomBytes, randomUUID } from "node:crypto";
import type { Root } from "protobufjs";
import { jsonAttribute } from "../load/encode-spans.ts";
import { requestAttributes } from "../load/request-attributes.ts";
import { uuidV7 } from "../load/uuid-v7.ts";

/** One request in both encodings. */
export interface DecodeLoad {
  readonly protobuf: Buffer;
  readonly json: Buffer;
  readonly spans: number;
  readonly events: number;
}

const spansPerRequest = 512;

/**
 * Spans as an instrumented web service sends them, with ten attributes each; one in `every` is a
 * carrier of one business event (no attributes of its own, as the SDK makes it).
 */
export function makeDecodeLoad(root: Root, every: number): DecodeLoad {
  const startMs = Date.now() - 60_000;
  const spans = Array.from({ length: spansPerRequest }, (_, i) =>
    i % every === 0 ? makeCarrier(i, startMs + i) : makeRequestSpan(i, startMs + i),
  );
  const traces = {
    resourceSpans: [
      {
        resource: {
          attributes: [text("service.name", "ai-chatbot"), text("service.instance.id", randomUUID())],
        },
        scopeSpans: [{ scope: { name: "@spanledger/sdk", version: "0.1.0" }, spans }],
      },
    ],
  };
  const type = root.lookupType("otlp.TracesData");
  const protobuf = Buffer.from(type.encode(type.fromObject(toBinaryIds(traces))).finish());
  const json = Buffer.from(JSON.stringify(traces));
  return { protobuf, json, spans: spans.length, events: spans.filter((span) => span.events.length > 0).length };
}

function makeCarrier(i: number, ms: number) {
  const time = `${ms}000000`;
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: randomBytes(8).toString("hex"),
    name: "session.message",
    kind: 1,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [] as unknown[],
    events: [
      {
        timeUnixNano: time,
        name: "session.message",
        attributes: [
          text("session_id", `s-20251225-${String(i).padStart(6, "0")}`),
          text("role", i % 2 === 0 ? "ai" : "user"),
          { key: "message_length", value: { intValue: String(40 + (i % 400)) } },
          { key: "response_time_ms", value: { doubleValue: 800 + i * 1.5 } },
          text("user_id", `u-${(i * 7919) % 100_000}`),
          text("spanledger.event.id", uuidV7(ms)),
          text("spanledger.source.id", "0d9c4be2a6f14e08"),
          { key: "spanledger.event.seq", value: { intValue: String(i + 1) } },
        ],
      },
    ],
  };
}

function makeRequestSpan(i: number, ms: number) {
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: randomBytes(8).toString("hex"),
    name: "POST /chat",
    kind: 2,
    startTimeUnixNano: `${ms}000000`,
    endTimeUnixNano: `${ms + 35}123456`,
    attributes: requestAttributes(i).map(jsonAttribute) as unknown[],
    events: [] as unknown[],
  };
}

function text(key: string, value: string) {
  return { key, value: { stringValue: value } };
}

/** The same with ids as bytes, as protobuf has them. */
function toBinaryIds(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) =>
    typeof member === "string" && (key === "traceId" || key === "spanId" || key === "parentSpanId")
      ? Buffer.from(member, "hex").toString("base64")
      : member,
  ) as Record<string, unknown>;
}
