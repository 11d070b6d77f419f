import type { DeliveryOutcome } from "./message.ts";
import type { HttpAnswer } from "./post-json.ts";

/** Statuses that are about the message itself: it would be refused each time. All others may be mended at the target. */
const refusesMessage: ReadonlySet<number> = new Set([400, 413, 415, 422]);
/** A target does not keep us waiting for longer. */
const maxRetryAfterMs = 60 * 60_000;

/** The outcome of an answer by its status alone. */
export function judgeStatus({ status, headers }: HttpAnswer, nowMs: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { outcome: "sent" };
  if (status >= 300 && status < 400) {
    return {
      outcome: "retry",
      reason: `The target redirects (${status}), which is not followed. Name its final address.`,
    };
  }
  const reason = `The target answered ${status}.`;
  if (refusesMessage.has(status)) return { outcome: "refused", reason };
  const afterMs = readRetryAfter(headers["retry-after"], nowMs);
  return { outcome: "retry", reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/**
 * Milliseconds that a `Retry-After` asks for: seconds or a date (RFC 9110, 10.2.3), at most an hour.
 * @returns undefined if there is none, or it cannot be read
 */
function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const waitMs = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), maxRetryAfterMs);
}
