import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import type { HeldBytes } from "../ingest/held-bytes.ts";
import type { Ingest } from "../ingest/ingest-port.ts";
import type { MappedRequest } from "../mapping/business-event.ts";
import { RequestMapping } from "../mapping/map-request.ts";
import type { MappingContext, MappingLimits, TenantRule } from "../mapping/mapping-context.ts";
import { DecodeTurns } from "./decode-turns.ts";
import { describeRejections } from "./describe-rejections.ts";
import { encodePartialSuccess, encodeStatus, encodeSuccess, statusCode } from "./encode-otlp-answer.ts";
import { inflateBody, keepInflated, type ContentEncoding } from "./inflate-body.ts";
import { LongBodyTurns } from "./long-body-turns.ts";
import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { newFacts, type GatheredFacts, type OtlpRequestFacts } from "./otlp-request-facts.ts";
import { readContentEncoding, readContentType, unsupportedType } from "./read-otlp-headers.ts";
import { AbortedBodyError, readBody } from "./read-request-body.ts";
import { refusalFor, tooManyRequests, unauthenticated } from "./refusal.ts";
import { budgetOwner, type TenantResolver } from "./resolve-ingest-token.ts";
import { writeOtlpAnswer } from "./write-otlp-answer.ts";

export interface OtlpOptions {
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
  /** What bodies occupy before anything is known of them, with its limits. */
  readonly bodies: HeldBytes;
  /** Called once for each request, after its answer is decided; must not throw. */
  readonly onRequest?: (facts: OtlpRequestFacts) => void;
  /** A fault of ours, for the log. */
  readonly onFault: (error: unknown) => void;
  /** True from the moment at which the receiver was told to stop: its answers close their connections. */
  readonly isDraining?: () => boolean;
}

/** What an event costs in memory beside its row, about. */
const bytesPerEvent = 300;
/** What a body without a length is taken for, at least. */
const leastReservedBytes = 64 * 1024;
/** Bodies from here on wait for a turn of the event loop of their own; smaller ones take less than a turn costs. */
const longDecodeBytes = 4096;
/** An inflated body from here on does, however small it came. */
const longInflatedBytes = 16 * longDecodeBytes;
/** For how long a body is mapped before others get their turn: with a body that waits for its own, 10 ms. */
const sliceMs = 5;

/**
 * OTLP/HTTP as its specification says, from Node's request to Node's response. A 200 is sent after the commit;
 * all that may pass is 503 with `Retry-After`, because a Collector drops its data on anything else.
 */
export class OtlpReceiver {
  readonly #options: OtlpOptions;
  readonly #turns: DecodeTurns;
  readonly #longTurns = new LongBodyTurns();

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#turns = new DecodeTurns(() => options.ingest.whenRoom?.());
  }

  /** Serves a POST. */
  receive(signal: OtlpSignal | "metrics", request: IncomingMessage, response: ServerResponse): void {
    this.#serve(signal, request, response).catch((error: unknown) => {
      // Not even the refusal could be said: a sender that sees its connection closed sends again.
      this.#options.onFault(error);
      response.destroy();
    });
  }

  async #serve(signal: OtlpSignal | "metrics", request: IncomingMessage, response: ServerResponse): Promise<void> {
    const facts = newFacts(signal);
    const { headers } = request;
    const encoding = readContentType(headers["content-type"]);
    try {
      const tenant = this.#options.resolveTenant(headers.authorization);
      if (tenant === null) throw unauthenticated();
      if (encoding === null) throw unsupportedType(headers["content-type"]);
      if (signal === "metrics") {
        request.resume();
        facts.outcome = "discarded";
        this.#answer(response, facts, encoding, 200, encodeSuccess(encoding));
        return;
      }
      facts.mapped = await this.#readMapped(request, tenant, encoding, signal, facts);
      await this.#submit(facts.mapped, budgetOwner(tenant), signal, encoding, response, facts);
    } catch (error) {
      if (error instanceof AbortedBodyError) {
        facts.outcome = "aborted";
        this.#options.onRequest?.(facts);
        request.destroy();
        return;
      }
      const { outcome, status, code, message, headers } = refusalFor(error, this.#options.onFault);
      facts.outcome = outcome;
      const answerEncoding = encoding ?? "json";
      this.#answer(response, facts, answerEncoding, status, encodeStatus(answerEncoding, code, message), headers);
    }
  }

  /** Answers what is not a POST. */
  refuseMethod(signal: OtlpSignal | "metrics", request: IncomingMessage, response: ServerResponse): void {
    const facts = newFacts(signal);
    facts.outcome = "method_not_allowed";
    const encoding = readContentType(request.headers["content-type"]) ?? "json";
    const message = `${request.method} is not allowed here: OTLP is sent with POST`;
    const body = encodeStatus(encoding, statusCode.unimplemented, message);
    this.#answer(response, facts, encoding, 405, body, { allow: "POST" });
  }

  /**
   * A function of its own, because an async function that waits holds what its variables hold: bodies would stay
   * until the commit.
   */
  async #readMapped(
    request: IncomingMessage,
    tenant: TenantRule,
    encoding: OtlpEncoding,
    signal: OtlpSignal,
    facts: GatheredFacts,
  ): Promise<MappedRequest> {
    const { maxBodyBytes, bodies } = this.#options;
    const contentEncoding = readContentEncoding(request.headers["content-encoding"]);
    const declared = Number(request.headers["content-length"] ?? 0);
    const reserved = Math.min(Math.max(declared, leastReservedBytes), maxBodyBytes);
    const owner = budgetOwner(tenant);
    this.#reserve(owner, reserved);
    try {
      const body = await readBody(request, maxBodyBytes);
      facts.bodyBytes = body.length;
      if (body.length >= longDecodeBytes) await this.#turns.next();
      return await this.#decode(body, contentEncoding, request, tenant, encoding, signal, facts);
    } finally {
      bodies.give(owner, reserved);
    }
  }

  #reserve(owner: string, bytes: number): void {
    const { bodies } = this.#options;
    const exceeded = bodies.exceeds(owner, bytes);
    if (exceeded !== undefined) throw tooManyRequests(bodies, exceeded, owner);
    bodies.take(owner, bytes);
  }

  /** Most bodies are inflated and mapped in one go; other requests are served in between while one takes long. */
  async #decode(
    body: Buffer,
    contentEncoding: ContentEncoding,
    request: IncomingMessage,
    tenant: TenantRule,
    encoding: OtlpEncoding,
    signal: OtlpSignal,
    facts: GatheredFacts,
  ): Promise<MappedRequest> {
    const owner = budgetOwner(tenant);
    let kept = 0;
    let endTurn: (() => void) | undefined;
    const takeTurn = async () => {
      endTurn ??= await this.#longTurns.take(owner);
      if (request.socket.destroyed) throw new AbortedBodyError("The sender closed the connection");
    };
    /** Keeps a body in the shared memory, where the next one would be inflated. */
    const keep = (inflated: Buffer) => {
      if (!keepInflated(inflated)) return;
      this.#reserve(owner, inflated.length);
      kept = inflated.length;
    };
    try {
      const inflating = inflateBody(body, contentEncoding, this.#options.maxInflatedBytes, takeTurn);
      // Nothing may come between, or the next body is in its place.
      const inflated = inflating instanceof Promise ? await inflating : inflating;
      facts.inflatedBytes = inflated.length;
      if (body.length < longDecodeBytes && inflated.length >= longInflatedBytes && endTurn === undefined) {
        keep(inflated);
        await this.#turns.next();
      }
      const mapping = new RequestMapping(inflated, encoding, signal, this.#mappingContext(tenant));
      while (!mapping.run(performance.now() + sliceMs)) {
        keep(inflated);
        await takeTurn();
        await setImmediate();
        if (request.socket.destroyed) throw new AbortedBodyError("The sender closed the connection");
      }
      return mapping.result;
    } finally {
      endTurn?.();
      if (kept > 0) this.#options.bodies.give(owner, kept);
    }
  }

  #mappingContext(tenant: TenantRule): MappingContext {
    const { countedAttributes, custom, mappingLimits: limits, retainedFromMs, now } = this.#options;
    return { tenant, nowMs: now?.() ?? Date.now(), retainedFromMs, countedAttributes, custom, limits };
  }

  async #submit(
    mapped: MappedRequest,
    owner: string,
    signal: OtlpSignal,
    encoding: OtlpEncoding,
    response: ServerResponse,
    facts: GatheredFacts,
  ): Promise<void> {
    let refused: readonly { readonly reason: string }[] = [];
    if (mapped.events.length + mapped.rejected.length + mapped.sourceReports.length > 0) {
      const result = await this.#options.ingest.submit(mapped, sizeOf(mapped), owner);
      facts.inserted = result.inserted;
      facts.duplicates = result.duplicates;
      facts.refused = result.refused.length;
      refused = result.refused;
    }
    const rejectedCarriers = mapped.rejectedCarriers + refused.length;
    if (rejectedCarriers === 0) {
      this.#answer(response, facts, encoding, 200, encodeSuccess(encoding));
      return;
    }
    facts.outcome = "partly_rejected";
    const message = describeRejections(mapped.rejected, refused);
    this.#answer(response, facts, encoding, 200, encodePartialSuccess(encoding, signal, rejectedCarriers, message));
  }

  #answer(
    response: ServerResponse,
    facts: GatheredFacts,
    encoding: OtlpEncoding,
    status: number,
    body: Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    facts.status = status;
    this.#options.onRequest?.(facts);
    writeOtlpAnswer(response, status, encoding, body, headers, this.#options.isDraining?.() ?? false);
  }
}

function sizeOf(mapped: MappedRequest): number {
  let bytes = 0;
  for (const event of mapped.events) bytes += event.rowEnd - event.rowStart + bytesPerEvent;
  for (const event of mapped.rejected) bytes += event.payload.length + bytesPerEvent;
  return bytes + mapped.sourceReports.length * bytesPerEvent;
}
