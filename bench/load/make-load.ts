import { randomBytes, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { makeTraffic } from "./business-traffic.ts";
import type { TrafficEvent } from "./business-traffic.ts";
import { encodeJson, encodeProtobuf } from "./encode-spans.ts";
import type { LoadSpan } from "./encode-spans.ts";
import { requestAttributes } from "./request-attributes.ts";
import { startOfTraffic } from "./start-of-traffic.ts";
import { uuidV7 } from "./uuid-v7.ts";

/** What is sent; equal specs within a process share one load. */
export interface LoadSpec {
  readonly events: number;
  readonly spansPerRequest: number;
  /** One span in this many carries a business event; the others are what auto-instrumentation writes. */
  readonly every: number;
  readonly encoding: "protobuf" | "json";
  readonly gzip: boolean;
  readonly seed: number;
  readonly openSessions: number;
  /** Share of the events that `earlier` has brought already, spread evenly. */
  readonly duplicates: number;
  /** `own-time`: the SDK's, which hold the event's time. `random`: version 4, which have to be claimed. */
  readonly ids: "own-time" | "random";
}

export interface Load {
  readonly spec: LoadSpec;
  /** Bodies before compression. */
  readonly bodies: readonly Buffer[];
  /** Whole HTTP requests but for the host. */
  readonly requests: readonly Buffer[];
  /** Requests that have to be committed before the load, because it repeats their events. */
  readonly earlier: readonly Buffer[];
  readonly spans: number;
}

/** 512 spans are the default batch of OpenTelemetry's exporters. */
export const denseLoad: Omit<LoadSpec, "events"> = {
  spansPerRequest: 512,
  every: 1,
  encoding: "protobuf",
  gzip: true,
  seed: 1,
  openSessions: 100,
  duplicates: 0,
  ids: "own-time",
};

/** Source id of the load, one per process that makes it. */
const sourceId = randomBytes(8).toString("hex");

/** Makes the requests of a load, so that sending them costs the machine as little as possible. */
export function makeLoad(spec: LoadSpec): Load {
  const startMs = startOfTraffic(Date.now());
  const carriers = [...makeTraffic({ ...spec, startMs })].map((event, i) =>
    carrierOf(event, i + 1, spec.ids === "random" ? randomUUID() : uuidV7(event.atMs)),
  );
  const earlier: LoadSpan[] = [];
  if (spec.duplicates > 0) {
    const step = Math.round(1 / spec.duplicates);
    for (let i = step >> 1; i < carriers.length; i += step) earlier.push(carriers[i] as LoadSpan);
  }
  const bodies: Buffer[] = [];
  const perRequest = Math.max(1, Math.floor(spec.spansPerRequest / spec.every));
  for (let from = 0; from < carriers.length; from += perRequest) {
    bodies.push(encode(spec, withOtherSpans(spec, carriers.slice(from, from + perRequest))));
  }
  const earlierBodies: Buffer[] = [];
  for (let from = 0; from < earlier.length; from += 512) {
    earlierBodies.push(encode(spec, earlier.slice(from, from + 512)));
  }
  return {
    spec,
    bodies,
    requests: bodies.map((body) => httpRequest(spec, body)),
    earlier: earlierBodies.map((body) => httpRequest(spec, body)),
    spans: carriers.length * spec.every,
  };
}

function encode(spec: LoadSpec, spans: readonly LoadSpan[]): Buffer {
  return spec.encoding === "protobuf" ? encodeProtobuf(spans) : encodeJson(spans);
}

function httpRequest(spec: LoadSpec, body: Buffer): Buffer {
  const content = spec.gzip ? gzipSync(body) : body;
  const head =
    "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
    `Content-Type: application/${spec.encoding === "protobuf" ? "x-protobuf" : "json"}\r\n` +
    (spec.gzip ? "Content-Encoding: gzip\r\n" : "") +
    `Content-Length: ${content.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

function carrierOf(event: TrafficEvent, seq: number, id: string): LoadSpan {
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: randomBytes(8).toString("hex"),
    name: event.name,
    kind: 1,
    startMs: event.atMs,
    endMs: event.atMs,
    attributes: [],
    event: {
      ...event,
      mark: [
        ["spanledger.event.id", id],
        ["spanledger.source.id", sourceId],
        ["spanledger.event.seq", seq],
      ],
    },
  };
}

/** Puts the spans of a web service around the carriers: ten attributes each, no event. */
function withOtherSpans({ every }: LoadSpec, carriers: readonly LoadSpan[]): readonly LoadSpan[] {
  if (every === 1) return carriers;
  return carriers.flatMap((carrier, i) => [
    carrier,
    ...Array.from({ length: every - 1 }, (_, k) => requestSpan(carrier.startMs, i * every + k)),
  ]);
}

function requestSpan(ms: number, i: number): LoadSpan {
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: randomBytes(8).toString("hex"),
    name: "POST /chat",
    kind: 2,
    startMs: ms,
    endMs: ms + 35,
    attributes: requestAttributes(i),
    event: null,
  };
}
