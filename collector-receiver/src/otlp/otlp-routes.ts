import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CustomDefinitions } from "../definitions/custom-definitions.ts";
import type { Ingest } from "../ingest/ingest-port.ts";
import { UnavailableError } from "../ingest/ingest-port.ts";
import type { MappedRequest } from "../mapping/business-event.ts";
import { mapRequest } from "../mapping/map-request.ts";
import { UnknownTenantError, type MappingLimits, type TenantRule } from "../mapping/mapping-context.ts";
import { answerTypes, encodePartialSuccess, encodeStatus, encodeSuccess, statusCode } from "./encode-otlp-answer.ts";
import { DecodeTurns } from "./decode-turns.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import type { OtlpEncoding, OtlpSignal } from "./otlp-carrier.ts";
import {
  AbortedBodyError,
  BadEncodingError,
  BodyTooLargeError,
  contentEncodings,
  inflateBody,
  readBody,
  type ContentEncoding,
} from "./read-request-body.ts";
import type { TenantResolver } from "./resolve-ingest-token.ts";

/** Why a request got its answer: a label for counters, closed. */
export const otlpOutcomes = [
  "accepted",
  "partly_rejected",
  "discarded",
  "malformed",
  "too_large",
  "unsupported_type",
  "unsupported_encoding",
  "method_not_allowed",
  "unauthenticated",
  "unknown_tenant",
  "unavailable",
  "unexpected_error",
  "aborted",
] as const;

export type OtlpOutcome = (typeof otlpOutcomes)[number];

/** One answered request, for counters and alarms. */
export interface OtlpRequestFacts {
  readonly signal: OtlpSignal | "metrics";
  readonly outcome: OtlpOutcome;
  /** 0 where the sender went away. */
  readonly status: number;
  readonly bodyBytes: number;
  readonly inflatedBytes: number;
  /** What mapping gave; null where it was not reached. */
  readonly mapped: MappedRequest | null;
  /** Rows added and events that were there already; 0 where nothing was committed. */
  readonly inserted: number;
  readonly duplicates: number;
  /** Events that PostgreSQL itself refused. */
  readonly refused: number;
}

export interface OtlpRoutesOptions {
  readonly ingest: Ingest;
  readonly resolveTenant: TenantResolver;
  /** Milliseconds since 1970; the system's clock unless given. */
  readonly now?: () => number;
  readonly retainedFromMs: (tenantId: string) => number | null;
  readonly countedAttributes: ReadonlySet<string>;
  /** The product's own events, for the life of the process. */
  readonly custom?: CustomDefinitions | undefined;
  readonly mappingLimits: MappingLimits;
  /** Bytes on the wire. */
  readonly maxBodyBytes: number;
  /** Bytes after inflation. */
  readonly maxInflatedBytes: number;
  /** Bytes of bodies that may be held at once, before anything is known of them. */
  readonly maxBufferedBytes: number;
  /** What bodies occupy now, for whoever watches it. */
  readonly bodies?: { bytes: number };
  /** Called once for each request, after its answer is decided; must not throw. */
  readonly onRequest?: (facts: OtlpRequestFacts) => void;
}

/** Seconds after which a sender may try again where we know nothing better. */
const retryAfterSeconds = 5;
/** What an event costs in memory beside its row, about. */
const bytesPerEvent = 300;
/** Bodies from here on wait for a turn of the event loop of their own; smaller ones take less than a turn costs. */
const longDecodeBytes = 4096;
/** Reasons that one answer quotes; its message is cut at 2 KiB anyway. */
const quotedReasons = 20;
const otherMethods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"];

/** An answer that is not a success. */
class Refusal extends Error {
  readonly outcome: OtlpOutcome;
  readonly status: number;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    outcome: OtlpOutcome,
    status: number,
    code: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.outcome = outcome;
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/**
 * `POST /v1/traces`, `/v1/logs` and `/v1/metrics` (taken and discarded): OTLP/HTTP as its
 * specification says. A 200 is sent after the commit; all that may pass is 503 with `Retry-After`,
 * because a Collector drops its data on anything else.
 */
export async function otlpRoutes(app: FastifyInstance, options: OtlpRoutesOptions): Promise<void> {
  // The body is read here, not by Fastify: its limits and answers have to be OTLP's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  const receiver = new OtlpReceiver(options);
  for (const signal of ["traces", "logs", "metrics"] as const) {
    const url = `/v1/${signal}`;
    app.post(url, (request, reply) => receiver.receive(signal, request, reply));
    app.route({
      method: otherMethods,
      url,
      exposeHeadRoute: true,
      handler: (request, reply) => receiver.refuseMethod(signal, request, reply),
    });
  }
}

class OtlpReceiver {
  private readonly options: OtlpRoutesOptions;
  private readonly turns: DecodeTurns;
  private readonly bodies: { bytes: number };

  constructor(options: OtlpRoutesOptions) {
    this.options = options;
    this.bodies = options.bodies ?? { bytes: 0 };
    this.turns = new DecodeTurns(() => options.ingest.whenRoom?.());
  }

  async receive(signal: OtlpSignal | "metrics", request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const facts = newFacts(signal);
    const encoding = readContentType(request);
    try {
      const rule = this.authenticate(request);
      if (encoding === null) {
        throw new Refusal(
          "unsupported_type",
          415,
          statusCode.invalidArgument,
          `Content-Type ${describeHeader(request.headers["content-type"])} is not OTLP: send application/x-protobuf or application/json`,
        );
      }
      if (signal === "metrics") {
        request.raw.resume();
        facts.outcome = "discarded";
        return this.answer(reply, facts, encoding, 200, encodeSuccess(encoding));
      }
      const body = await this.readInflated(request, facts);
      return await this.accept(signal, encoding, rule, body, reply, facts);
    } catch (error) {
      if (error instanceof AbortedBodyError) {
        facts.outcome = "aborted";
        this.options.onRequest?.(facts);
        request.raw.destroy();
        return reply.hijack();
      }
      const refusal = this.refusalFor(error, request);
      facts.outcome = refusal.outcome;
      const answerEncoding = encoding ?? "json";
      reply.headers(refusal.headers);
      return this.answer(
        reply,
        facts,
        answerEncoding,
        refusal.status,
        encodeStatus(answerEncoding, refusal.code, refusal.message),
      );
    }
  }

  refuseMethod(signal: OtlpSignal | "metrics", request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const facts = newFacts(signal);
    facts.outcome = "method_not_allowed";
    const encoding = readContentType(request) ?? "json";
    reply.header("allow", "POST");
    const message = `${request.method} is not allowed here: OTLP is sent with POST`;
    return this.answer(reply, facts, encoding, 405, encodeStatus(encoding, statusCode.unimplemented, message));
  }

  private authenticate(request: FastifyRequest): TenantRule {
    const rule = this.options.resolveTenant(request.headers.authorization);
    if (rule !== null) return rule;
    // Not 401: after that a Collector drops its whole persistent queue.
    throw new Refusal(
      "unauthenticated",
      503,
      statusCode.unauthenticated,
      "No valid token: set the header `Authorization: Bearer <token of INGEST_TOKENS>`",
      { "retry-after": String(retryAfterSeconds) },
    );
  }

  private async readInflated(request: FastifyRequest, facts: MutableFacts): Promise<Buffer> {
    const { maxBodyBytes, maxInflatedBytes, maxBufferedBytes } = this.options;
    const contentEncoding = readContentEncoding(request);
    const declared = Number(request.headers["content-length"] ?? 0);
    const reserved = Math.min(Math.max(declared, 64 * 1024), maxBodyBytes);
    if (this.bodies.bytes > 0 && this.bodies.bytes + reserved > maxBufferedBytes) {
      throw new Refusal("unavailable", 503, statusCode.resourceExhausted, "Too many requests at once", {
        "retry-after": "1",
      });
    }
    this.bodies.bytes += reserved;
    try {
      const body = await readBody(request.raw, maxBodyBytes);
      facts.bodyBytes = body.length;
      if (body.length >= longDecodeBytes) await this.turns.next();
      const inflated = await inflateBody(body, contentEncoding, maxInflatedBytes);
      facts.inflatedBytes = inflated.length;
      return inflated;
    } finally {
      this.bodies.bytes -= reserved;
    }
  }

  private async accept(
    signal: OtlpSignal,
    encoding: OtlpEncoding,
    tenant: TenantRule,
    body: Buffer,
    reply: FastifyReply,
    facts: MutableFacts,
  ): Promise<FastifyReply> {
    const { ingest, countedAttributes, custom, mappingLimits, retainedFromMs } = this.options;
    const mapped = mapRequest(body, encoding, signal, {
      tenant,
      nowMs: this.options.now?.() ?? Date.now(),
      retainedFromMs,
      countedAttributes,
      custom,
      limits: mappingLimits,
    });
    facts.mapped = mapped;
    let refused: readonly { readonly reason: string }[] = [];
    if (mapped.events.length + mapped.rejected.length + mapped.sourceReports.length > 0) {
      const result = await ingest.submit(mapped, sizeOf(mapped));
      facts.inserted = result.inserted;
      facts.duplicates = result.duplicates;
      facts.refused = result.refused.length;
      refused = result.refused;
    }
    const rejectedCarriers = mapped.rejectedCarriers + refused.length;
    if (rejectedCarriers === 0) {
      facts.outcome = "accepted";
      return this.answer(reply, facts, encoding, 200, encodeSuccess(encoding));
    }
    facts.outcome = "partly_rejected";
    const message = describeRejections([
      ...mapped.rejected.slice(0, quotedReasons),
      ...refused.slice(0, quotedReasons),
    ]);
    return this.answer(reply, facts, encoding, 200, encodePartialSuccess(encoding, signal, rejectedCarriers, message));
  }

  private refusalFor(error: unknown, request: FastifyRequest): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof BodyTooLargeError) {
      const message = `${error.message}: send smaller batches`;
      // What is left of the body is not read: the connection cannot be used again.
      return new Refusal("too_large", 413, statusCode.resourceExhausted, message, { connection: "close" });
    }
    if (error instanceof BadEncodingError || error instanceof MalformedOtlpError) {
      return new Refusal("malformed", 400, statusCode.invalidArgument, error.message);
    }
    const retryAfter = { "retry-after": String(retryAfterSeconds) };
    if (error instanceof UnknownTenantError) {
      const message = `${error.code}: ${error.message}`;
      return new Refusal("unknown_tenant", 503, statusCode.unavailable, message, retryAfter);
    }
    if (error instanceof UnavailableError) {
      return new Refusal("unavailable", 503, statusCode.unavailable, `${error.code}: ${error.message}`, {
        "retry-after": String(error.retryAfterSeconds),
      });
    }
    // A fault of ours: 500 would make a Collector drop what it holds.
    request.log.error({ err: error }, "OTLP request failed");
    return new Refusal(
      "unexpected_error",
      503,
      statusCode.internal,
      "The receiver failed; its log says why",
      retryAfter,
    );
  }

  private answer(
    reply: FastifyReply,
    facts: MutableFacts,
    encoding: OtlpEncoding,
    status: number,
    body: Buffer,
  ): FastifyReply {
    facts.status = status;
    this.options.onRequest?.(facts);
    return reply.code(status).header("content-type", answerTypes[encoding]).send(body);
  }
}

type MutableFacts = { -readonly [K in keyof OtlpRequestFacts]: OtlpRequestFacts[K] };

function newFacts(signal: OtlpSignal | "metrics"): MutableFacts {
  return {
    signal,
    outcome: "accepted",
    status: 0,
    bodyBytes: 0,
    inflatedBytes: 0,
    mapped: null,
    inserted: 0,
    duplicates: 0,
    refused: 0,
  };
}

/** Parameters such as a charset are ignored; null for any other type. */
function readContentType(request: FastifyRequest): OtlpEncoding | null {
  switch (request.headers["content-type"]?.split(";", 1)[0]!.trim().toLowerCase()) {
    case "application/x-protobuf":
      return "protobuf";
    case "application/json":
      return "json";
    default:
      return null;
  }
}

function readContentEncoding(request: FastifyRequest): ContentEncoding {
  const given = request.headers["content-encoding"];
  const name = given === undefined || given.trim() === "" ? "identity" : given.trim().toLowerCase();
  const known = contentEncodings.find((encoding) => encoding === name);
  if (known !== undefined) return known;
  throw new Refusal(
    "unsupported_encoding",
    415,
    statusCode.invalidArgument,
    `Content-Encoding ${describeHeader(given)} is not supported: send one of ${contentEncodings.join(", ")}`,
    { "accept-encoding": contentEncodings.join(", ") },
  );
}

function describeHeader(value: string | undefined): string {
  return value === undefined ? "(none)" : JSON.stringify(value.slice(0, 100));
}

function describeRejections(
  rejected: readonly { readonly reason: string; readonly eventName?: string | null }[],
): string {
  return rejected.map(({ eventName, reason }) => (eventName ? `${eventName}: ${reason}` : reason)).join("\n");
}

function sizeOf(mapped: MappedRequest): number {
  let bytes = 0;
  for (const event of mapped.events) bytes += event.rowEnd - event.rowStart + bytesPerEvent;
  for (const event of mapped.rejected) bytes += event.payload.length + bytesPerEvent;
  return bytes + mapped.sourceReports.length * bytesPerEvent;
}
