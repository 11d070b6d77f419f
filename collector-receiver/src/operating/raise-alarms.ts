import type { FastifyBaseLogger } from "fastify";
import type { OnAlarm } from "../ingest/alarm-codes.ts";

/** An alarm that goes on is logged again after so long, with how often it was raised since. */
const logAgainMs = 60 * 60_000;
/** Messages that are remembered: a message may hold a value of its own each time. */
const maxRemembered = 100;

/**
 * Counts each alarm, and logs it the first time. Senders that try again raise the same alarm each few seconds until somebody
 * has looked; the counter says that it goes on.
 * @param now milliseconds of a clock that only goes forward
 */
export function raiseAlarms(
  metrics: { countAlarm(code: Parameters<OnAlarm>[0]): void },
  log: Pick<FastifyBaseLogger, "error">,
  now: () => number = () => performance.now(),
): OnAlarm {
  const logged = new Map<string, { sinceMs: number; repeated: number }>();
  return (code, message, error) => {
    metrics.countAlarm(code);
    // Two bugs may fail in the same place.
    const key = `${code} ${message} ${code === "internal_fault" && error instanceof Error ? error.message : ""}`;
    const known = logged.get(key);
    if (known !== undefined && now() - known.sinceMs < logAgainMs) {
      known.repeated++;
      return;
    }
    log.error({ err: error, alarm: code, ...(known === undefined ? {} : { repeated: known.repeated }) }, message);
    logged.delete(key);
    logged.set(key, { sinceMs: now(), repeated: 0 });
    for (const oldest of logged.keys()) if (logged.size > maxRemembered) logged.delete(oldest);
  };
}
