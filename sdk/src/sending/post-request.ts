import type { Agent, RequestOptions } from "node:http";
import type { TlsFiles } from "../config/read-connection.ts";
import { describeThrown } from "../recording/encode-any-value.ts";
import { requireBuiltin } from "../require-builtin.ts";
import { startTimer, stopTimer } from "../timers.ts";
import { describeNetworkError, describeStatus, type Failure } from "./describe-failure.ts";
import { readPartialSuccess, type PartialSuccess } from "./read-answer.ts";

/** What to do with a batch after one attempt. */
export type PostOutcome =
  | { readonly kind: "accepted"; readonly partial: PartialSuccess | null }
  /** 400 or 413: the same request would be refused again. */
  | { readonly kind: "refused"; readonly reason: string }
  /** `retryAfterMs` is what the receiver asked for, or null. */
  | {
      readonly kind: "retry";
      readonly reason: string;
      readonly retryAfterMs: number | null;
      /** What the product has to change; null if time may mend it. */
      readonly remedy: string | null;
    };

export interface PostTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Infinity for no limit. */
  readonly timeoutMs: number;
  readonly tls?: TlsFiles;
  readonly proxyEnv?: Readonly<Record<string, string>> | null;
}

/** Bodies smaller than this are sent as they are: gzip would save less than it costs. */
const minGzipBytes = 1024;
/**
 * Events shrink to an eighth as a rule. What fits in the first piece is not copied; few collections run in a worker that
 * only sends, so what each request leaves stays until then.
 */
const expectedRatio = 5;
/** An OTLP answer is a few bytes; the limit that a Collector uses. */
const maxAnswerBytes = 64 * 1024;

/** A request's content as it travels, for as many attempts as it needs. */
export interface RequestBody {
  readonly content: Uint8Array;
  readonly isGzip: boolean;
}

/** The body in memory of its own, compressed if that is worth it. */
export function packBody(body: Uint8Array): RequestBody {
  if (body.length < minGzipBytes) return { content: body.slice(), isGzip: false };
  const { gzipSync } = requireBuiltin("node:zlib") as typeof import("node:zlib");
  return { content: gzipSync(body, { level: 1, chunkSize: Math.ceil(body.length / expectedRatio) }), isGzip: true };
}

/**
 * Posts OTLP requests to one endpoint over kept-alive connections. Loads `node:http` itself (11 MB) or `node:https`
 * (4 MB more), because the thread of most products never posts.
 */
export class OtlpPoster {
  readonly #target: PostTarget;
  readonly #url: URL;
  readonly #send: typeof import("node:http").request;
  readonly #agent: Agent;

  constructor(target: PostTarget) {
    this.#target = target;
    this.#url = new URL(target.url);
    const proxyEnv = target.proxyEnv ?? undefined;
    const options = {
      keepAlive: true,
      maxSockets: 8,
      timeout: 60_000,
      ...(proxyEnv === undefined ? {} : { proxyEnv }),
    };
    if (this.#url.protocol === "https:") {
      const https = requireBuiltin("node:https") as typeof import("node:https");
      this.#send = https.request;
      this.#agent = new https.Agent({ ...options, ...target.tls });
    } else {
      const http = requireBuiltin("node:http") as typeof import("node:http");
      this.#send = http.request;
      this.#agent = new http.Agent(options);
    }
  }

  /** One attempt. Never rejects. */
  post({ content, isGzip }: RequestBody): Promise<PostOutcome> {
    const options: RequestOptions = {
      method: "POST",
      agent: this.#agent,
      headers: {
        ...this.#target.headers,
        "content-type": "application/x-protobuf",
        "content-length": content.length,
        ...(isGzip ? { "content-encoding": "gzip" } : {}),
      },
    };
    return new Promise<PostOutcome>((resolve) => {
      const request = this.#send(this.#url, options, (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        response.on("data", (part: Buffer) => {
          length += part.length;
          if (length <= maxAnswerBytes) parts.push(part);
        });
        response.on("error", (error) => settle(retry(`answer broke off: ${error.message}`)));
        response.on("end", () => {
          settle(
            judgeAnswer(
              response.statusCode ?? 0,
              response.headers["content-type"],
              response.headers["retry-after"],
              Buffer.concat(parts),
              response.headers.location,
            ),
          );
        });
      });
      const { timeoutMs } = this.#target;
      const timer = startTimer(timeoutMs, () => {
        settle(retry(`no answer within ${timeoutMs} ms`));
        request.destroy();
      });
      const settle = (outcome: PostOutcome): void => {
        stopTimer(timer);
        resolve(outcome);
      };
      // A request under way does not keep the process alive: the exit waits for it as long as it may.
      request.on("socket", (socket) => socket.unref());
      request.on("error", (error) => settle(failed(describeNetworkError(error, this.#url.protocol === "https:"))));
      request.on("close", () => settle(retry("the connection was closed without an answer")));
      request.end(content);
      // What Node refuses to send, it throws at once.
    }).catch((error: unknown) => retry(describeThrown(error)));
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * Whatever may become right without this request changing is tried again, a wrong address and a
 * wrong key among it: only 400 and 413 say that the content is the trouble.
 */
export function judgeAnswer(
  status: number,
  contentType: string | undefined,
  retryAfter: string | undefined,
  body: Uint8Array,
  location?: string,
): PostOutcome {
  if (status >= 200 && status < 300) {
    const type = contentType?.split(";")[0]?.trim().toLowerCase();
    if (body.length === 0) return { kind: "accepted", partial: null };
    if (type === "application/x-protobuf" || type === "application/json") {
      return { kind: "accepted", partial: readPartialSuccess(body, type) };
    }
    const reason = `status ${status} with ${type ?? "no content type"}`;
    return failed({ reason, remedy: "this is not an OTLP receiver: check the endpoint" });
  }
  if (status === 400 || status === 413) {
    return { kind: "refused", reason: `status ${status}: ${printable(body)}` };
  }
  return failed(describeStatus(status, printable(body), location), parseRetryAfter(retryAfter));
}

/** Milliseconds that `Retry-After` asks to wait: seconds or an HTTP date; null if it says nothing. */
export function parseRetryAfter(value: string | undefined, nowMs = Date.now()): number | null {
  if (value === undefined) return null;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

function retry(reason: string): PostOutcome {
  return failed({ reason, remedy: null });
}

function failed({ reason, remedy }: Failure, retryAfterMs: number | null = null): PostOutcome {
  return { kind: "retry", reason, remedy, retryAfterMs };
}

/** The readable part of an answer, for a message. */
function printable(body: Uint8Array): string {
  return Buffer.from(body.subarray(0, 300))
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .trim();
}
