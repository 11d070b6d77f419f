import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import type { FairShares } from "../fairness/fair-shares.ts";
import type { Ingest } from "../ingest/ingest-port.ts";
import type { MappedRequest } from "../mapping/business-event.ts";
import { RequestMapping } from "../mapping/map-request.ts";
import type { MappingContext, MappingLimits, TenantRule, TenantTimes } from "../mapping/mapping-context.ts";
import { crossOriginHeaders, preflightHeaders } from "./cross-origin.ts";
import { DecodeTurns } from "./decode-turns.ts";
import { Exchange, type ExchangeOptions } from "./exchange.ts";
import { describeRejections } from "./describe-rejections.ts";
import { encodeStatus, statusCode } from "./encode-otlp-answer.ts";
import { giveInflatedBack, inflateBody, keepInflated, type ContentEncoding } from "./inflate-body.ts";
import { LongBodyTurns } from "./long-body-turns.ts";
import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { misdirections, type Misdirection, type OnMisdirected } from "./misdirections.ts";
import { isGrpc, readContentEncoding, readContentType, unsupportedType } from "./read-otlp-headers.ts";
import { pathOf } from "./read-otlp-path.ts";
import { AbortedBodyError, readBody } from "./read-request-body.ts";
import { hostNotServed, refusalFor, tooManyRequests, unauthenticated } from "./refusal.ts";
import { budgetOwner, type TenantResolver } from "./resolve-ingest-token.ts";
import { Submission } from "./submission.ts";
import { writeOtlpAnswer } from "./write-otlp-answer.ts";

export interface OtlpOptions extends ExchangeOptions, TenantTimes {
  readonly ingest: Ingest;
  readonly resolveTenant: TenantResolver;
  /** Says why a `Host` header is not served; undefined: it is. Without this function every host is served. */
  readonly findHostProblem?: ((host: string | undefined) => string | undefined) | undefined;
  /** Milliseconds since 1970; the system's clock unless given. */
  readonly now?: () => number;
  readonly countedAttributes: ReadonlySet<string>;
  /** The product's own events, for the life of the process. */
  readonly custom?: CustomDefinitions | undefined;
  readonly mappingLimits: MappingLimits;
  /** Bytes on the wire. */
  readonly maxBodyBytes: number;
  /** Bytes after inflation. */
  readonly maxInflatedBytes: number;
  /** What bodies occupy before anything is known of them, by sender. */
  readonly bodies: FairShares;
  /** Told of each request that came to the wrong address or in the wrong protocol. */
  readonly onMisdirected?: OnMisdirected | undefined;
  /** Headers of what is refused because it is not a request of OTLP's: it may come from a browser. */
  readonly refusalHeaders?: Readonly<Record<string, string>> | undefined;
  /** A fault of ours, for the log. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Beyond this, what is mapped of a body is committed before the rest is mapped: a body of 64 MiB may hold 1.5 million events,
 * and each row repeats the name of its service.
 */
const maxPartBytes = 16 * 1024 * 1024;
/** Reserved for a body at the least; one sent in chunks has no length. */
const minReservedBytes = 64 * 1024;
/** Bodies from here on wait for a turn of the event loop of their own; smaller ones take less than a turn costs. */
const longDecodeBytes = 4096;
/** An inflated body from here on does, however small it came. */
const longInflatedBytes = 16 * longDecodeBytes;
/** For how long a body is mapped before others get their turn: with a body that waits for its own, 10 ms. */
const sliceMs = 5;

/** How a body is read, and where what it holds goes. */
interface BodyReading {
  readonly contentEncoding: ContentEncoding;
  readonly encoding: OtlpEncoding;
  readonly tenant: TenantRule;
  readonly submission: Submission;
}

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
    const exchange = new Exchange(signal, request, response, this.#options);
    this.#serve(exchange).catch((error: unknown) => {
      this.#options.onFault(error);
      exchange.destroy();
    });
  }

  async #serve(exchange: Exchange): Promise<void> {
    try {
      const { headers } = exchange.request;
      const hostProblem = this.#options.findHostProblem?.(headers.host);
      if (hostProblem !== undefined) throw hostNotServed(hostProblem);
      const tenant = this.#options.resolveTenant(headers.authorization);
      if (tenant === null) throw unauthenticated();
      if (exchange.encoding === null) {
        if (isGrpc(headers["content-type"])) this.noteMisdirected("grpc", exchange.request);
        throw unsupportedType(headers["content-type"]);
      }
      if (isOfEvents(exchange)) await this.#take(exchange, exchange.encoding, tenant);
      else {
        exchange.request.resume();
        exchange.answered.outcome = "discarded";
        exchange.succeed();
      }
    } catch (error) {
      if (error instanceof AbortedBodyError) {
        exchange.abort();
        return;
      }
      const { outcome, status, code, message, headers } = refusalFor(error, this.#options.onFault);
      exchange.answered.outcome = outcome;
      exchange.refuse(status, code, message, headers);
    }
  }

  /** Answers any method but POST. */
  refuseMethod(signal: OtlpSignal | "metrics", request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(signal, request, response, this.#options);
    exchange.answered.outcome = "method_not_allowed";
    const message = `${request.method} is not allowed here: OTLP is sent with POST`;
    exchange.refuse(405, statusCode.unimplemented, message, { allow: "POST" });
  }

  /** Answers a browser's question whether a page may send. */
  answerPreflight(request: IncomingMessage, response: ServerResponse): void {
    const forPages = crossOriginHeaders(request, this.#options.isAllowedOrigin);
    if (forPages?.["access-control-allow-origin"] !== undefined) {
      response.writeHead(204, { ...forPages, ...preflightHeaders(request) }).end();
      return;
    }
    this.noteMisdirected("origin_not_allowed", request);
    const message = `${JSON.stringify(request.headers.origin)} may not send: ${misdirections.origin_not_allowed.remedy}`;
    this.#refuse(request, response, 403, statusCode.permissionDenied, message);
  }

  /** Answers a request of OTLP at an address where there is nothing. */
  refusePath(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = "", headers } = request;
    if (isGrpc(headers["content-type"])) {
      this.noteMisdirected("grpc", request);
      this.#refuse(request, response, 415, statusCode.invalidArgument, misdirections.grpc.remedy);
      return;
    }
    this.noteMisdirected("unknown_path", request);
    const message = `There is no ${method} ${JSON.stringify(pathOf(url).slice(0, 100))}. ${misdirections.unknown_path.remedy}`;
    this.#refuse(request, response, 404, statusCode.notFound, message);
  }

  noteMisdirected(kind: Misdirection, { socket, url = "", headers: { origin } }: IncomingMessage): void {
    this.#options.onMisdirected?.(kind, { address: socket.remoteAddress, path: pathOf(url), origin });
  }

  /** Refuses what is not a request of OTLP's, in the encoding of its type. */
  #refuse(request: IncomingMessage, response: ServerResponse, status: number, code: number, message: string): void {
    const { isAllowedOrigin, isDraining, refusalHeaders } = this.#options;
    const encoding = readContentType(request.headers["content-type"]) ?? "json";
    const headers = { ...refusalHeaders, ...crossOriginHeaders(request, isAllowedOrigin) };
    const body = encodeStatus(encoding, code, message);
    writeOtlpAnswer(response, status, encoding, body, headers, isDraining?.() ?? false);
  }

  /** Reads, maps and commits, then answers. */
  async #take(exchange: Exchange<OtlpSignal>, encoding: OtlpEncoding, tenant: TenantRule): Promise<void> {
    const submission = new Submission(this.#options.ingest);
    try {
      await submission.submit(await this.#readMapped(exchange, encoding, tenant, submission));
    } finally {
      exchange.answered.submitted = submission;
    }
    if (submission.rejectedCarriers === 0) exchange.succeed();
    else exchange.succeedPartly(submission.rejectedCarriers, describeRejections(submission));
  }

  /** A function of its own: an async function that waits keeps its variables, and bodies would stay until the commit. */
  async #readMapped(
    exchange: Exchange<OtlpSignal>,
    encoding: OtlpEncoding,
    tenant: TenantRule,
    submission: Submission,
  ): Promise<MappedRequest> {
    const { maxBodyBytes, bodies } = this.#options;
    const { request, answered } = exchange;
    const contentEncoding = readContentEncoding(request.headers["content-encoding"]);
    const declared = Number(request.headers["content-length"] ?? 0);
    let reserved = Math.min(Math.max(declared, minReservedBytes), maxBodyBytes);
    const owner = budgetOwner(tenant);
    this.#reserve(owner, reserved);
    try {
      // A body in chunks says nothing of its length: it takes more as its bytes arrive.
      const body = await readBody(request, maxBodyBytes, (bytes) => {
        if (bytes <= reserved) return;
        const more = Math.max(bytes - reserved, reserved);
        this.#reserve(owner, more);
        reserved += more;
      });
      answered.bodyBytes = body.length;
      if (body.length >= longDecodeBytes) await this.#turns.next(owner, () => this.#cannotWait(tenant));
      return await this.#decode(exchange, body, { contentEncoding, encoding, tenant, submission });
    } finally {
      bodies.give(owner, reserved);
    }
  }

  /**
   * Whose events they are stands in the bodies of a sender for several tenants. If many of them wait, they are decoded although
   * there is no room: the queue then refuses the tenant that has more than its share, and takes the others' events.
   */
  #cannotWait(tenant: TenantRule): boolean {
    const { bodies } = this.#options;
    return tenant.kind !== "fixed" && bodies.heldBy(budgetOwner(tenant)) > bodies.total / 4;
  }

  #reserve(owner: string, bytes: number): void {
    const { bodies } = this.#options;
    const exceeded = bodies.exceeds(owner, bytes);
    if (exceeded !== undefined) throw tooManyRequests(bodies, exceeded, owner);
    bodies.take(owner, bytes);
  }

  /**
   * Most bodies are inflated and mapped in one go; other requests are served in between while one takes long.
   * @returns what is still to be submitted
   */
  async #decode(
    exchange: Exchange<OtlpSignal>,
    body: Buffer,
    { contentEncoding, encoding, tenant, submission }: BodyReading,
  ): Promise<MappedRequest> {
    const owner = budgetOwner(tenant);
    let kept: Buffer | undefined;
    let endTurn: (() => void) | undefined;
    const takeTurn = async () => {
      endTurn ??= await this.#longTurns.take(owner);
      exchange.throwIfAborted();
    };
    /** Keeps a body in the shared memory, where the next one would be inflated. */
    const keep = (inflated: Buffer) => {
      if (!keepInflated(inflated)) return;
      this.#reserve(owner, inflated.length);
      kept = inflated;
    };
    try {
      const inflating = inflateBody(body, contentEncoding, this.#options.maxInflatedBytes, takeTurn);
      // Nothing may come between, or the next body is in its place.
      const inflated = inflating instanceof Promise ? await inflating : inflating;
      exchange.answered.inflatedBytes = inflated.length;
      if (body.length < longDecodeBytes && inflated.length >= longInflatedBytes && endTurn === undefined) {
        keep(inflated);
        await this.#turns.next(owner, () => this.#cannotWait(tenant));
      }
      const map = async (
        isCareful: boolean,
        takeLarge: (mapping: RequestMapping) => Promise<void> | void,
      ): Promise<RequestMapping> => {
        const context = this.#mappingContext(tenant);
        const mapping = new RequestMapping(inflated, encoding, exchange.signal, context, isCareful);
        while (!mapping.run(performance.now() + sliceMs)) {
          keep(inflated);
          if (mapping.bytes > maxPartBytes) await takeLarge(mapping);
          await takeTurn();
          await setImmediate();
          exchange.throwIfAborted();
        }
        return mapping;
      };
      let isLarge = false;
      const whole = await map(false, (mapping) => {
        isLarge = true;
        mapping.take();
      });
      if (!isLarge) return whole.take();
      // All of it can be read, so its parts may be committed, one after the other.
      const last = await map(whole.isRestarted, async (mapping) => {
        endTurn?.();
        endTurn = undefined;
        await submission.submit(mapping.take());
      });
      return last.take();
    } finally {
      endTurn?.();
      if (kept !== undefined) this.#giveBack(owner, kept);
    }
  }

  /** Ends what `keep` began. */
  #giveBack(owner: string, inflated: Buffer): void {
    this.#options.bodies.give(owner, inflated.length);
    giveInflatedBack(inflated);
  }

  #mappingContext(tenant: TenantRule): MappingContext {
    const {
      countedAttributes,
      custom,
      mappingLimits: limits,
      retainedFromMs,
      nextDayMs,
      clocksAhead,
      versionsSeen,
      now,
    } = this.#options;
    const nowMs = now?.() ?? Date.now();
    const times = { retainedFromMs, nextDayMs, clocksAhead, versionsSeen };
    return { tenant, nowMs, ...times, countedAttributes, custom, limits };
  }
}

function isOfEvents(exchange: Exchange): exchange is Exchange<OtlpSignal> {
  return exchange.signal !== "metrics";
}
