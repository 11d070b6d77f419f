/** First, and longest, pause after a failed attempt. */
const firstDelayMs = 500;
const maxDelayMs = 30_000;
/** A receiver that asks for more than this is asked again after this. */
const maxRetryAfterMs = 5 * 60_000;

/**
 * Milliseconds until the next attempt: doubled each time, spread over the upper half so that many
 * processes do not come back at once; what the receiver asked for is never undercut.
 * @param failures how many attempts have failed, from 1
 * @param random from 0 to 1, exclusive
 */
export function retryDelayMs(failures: number, retryAfterMs: number | null, random: number): number {
  const full = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10));
  const own = full / 2 + (full / 2) * random;
  if (retryAfterMs === null) return own;
  const asked = Math.min(retryAfterMs, maxRetryAfterMs);
  return asked + Math.min(own, 1000) * random;
}
