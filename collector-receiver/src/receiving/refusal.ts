import type { ExceededShare, FairShares } from "../fairness/fair-shares.ts";
import { UnavailableError } from "../ingest/ingest-port.ts";
import { UnknownTenantError } from "../mapping/mapping-context.ts";
import { statusCode } from "./encode-otlp-answer.ts";
import { MalformedOtlpError } from "../otlp/malformed-otlp-error.ts";
import type { OtlpOutcome } from "./answered-request.ts";
import { BadEncodingError } from "./inflate-body.ts";
import { BodyTooLargeError } from "./read-request-body.ts";

/** Seconds after which a sender may try again if we know nothing better. */
const retryAfterSeconds = 5;
export const retryAfter = { "retry-after": String(retryAfterSeconds) };

/** An answer that is not a success. */
export class Refusal extends Error {
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

/** Not 401: after that a Collector drops its whole persistent queue. */
export function unauthenticated(): Refusal {
  const message = "No valid token: set the header `Authorization: Bearer <token of INGEST_TOKENS>`";
  return new Refusal("unauthenticated", 503, statusCode.unauthenticated, message, retryAfter);
}

/** Not 421, for the same reason. */
export function hostNotServed(message: string): Refusal {
  return new Refusal("host_not_served", 503, statusCode.permissionDenied, message, retryAfter);
}

/** More bodies are being read than there is room for, or than this sender's share. */
export function tooManyRequests(bodies: FairShares, exceeded: ExceededShare, owner: string): UnavailableError {
  const [code, what] =
    exceeded === "own"
      ? (["tenant_too_many_requests", `${bodies.heldBy(owner)} bytes of requests of ${owner} are being read`] as const)
      : (["too_many_requests", "There is no room for more requests"] as const);
  const text = `${what}. Those of all senders have ${bodies.held} of ${bodies.total} bytes (MAX_QUEUE_BYTES), and a sender may have as many as are left free: send again later.`;
  return new UnavailableError(code, text, 1);
}

/** Who has more than its share is told to slow down; everything else that passes is 503. */
const overShare: ReadonlySet<UnavailableError["code"]> = new Set(["tenant_queue_full", "tenant_too_many_requests"]);

/**
 * The answer to whatever was thrown.
 * @param onFault told of what is nobody's fault but ours
 */
export function refusalFor(error: unknown, onFault: (error: unknown) => void): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BodyTooLargeError) {
    const message = `${error.message}: send smaller batches`;
    // What is left of the body is not read: the connection cannot be used again.
    return new Refusal("too_large", 413, statusCode.resourceExhausted, message, { connection: "close" });
  }
  if (error instanceof BadEncodingError || error instanceof MalformedOtlpError) {
    return new Refusal("malformed", 400, statusCode.invalidArgument, error.message);
  }
  if (error instanceof UnknownTenantError) {
    const message = `${error.code}: ${error.message}`;
    return new Refusal("unknown_tenant", 503, statusCode.unavailable, message, retryAfter);
  }
  if (error instanceof UnavailableError) {
    const [status, code] = overShare.has(error.code)
      ? [429, statusCode.resourceExhausted]
      : [503, statusCode.unavailable];
    const headers = { "retry-after": String(error.retryAfterSeconds) };
    return new Refusal("unavailable", status, code, `${error.code}: ${error.message}`, headers);
  }
  // A fault of ours: 500 would make a Collector drop what it holds.
  onFault(error);
  const message = "The receiver failed; its log says why";
  return new Refusal("unexpected_error", 503, statusCode.internal, message, retryAfter);
}
