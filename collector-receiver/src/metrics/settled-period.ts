import type { Counters } from "./metric-definition.ts";

/** What decides whether conversations of a period may still end. */
export interface SettlingRules {
  readonly idleTimeoutMs: number;
  /** The watermark; null before the first sweep. */
  readonly idleThroughMs: number | null;
}

/**
 * True if only late events or later activity can still change a period: the watermark has passed its end by the idle timeout,
 * and all of its conversations have ended.
 * @param endMs the instant at which the period ends
 */
export function isSettledPeriod(
  endMs: number,
  counters: Pick<Counters, "total_sessions" | "sessions_ended" | "sessions_ended_idle">,
  { idleTimeoutMs, idleThroughMs }: SettlingRules,
): boolean {
  const open = Number(counters.total_sessions) - Number(counters.sessions_ended) - Number(counters.sessions_ended_idle);
  return idleThroughMs !== null && idleThroughMs >= endMs + idleTimeoutMs && open <= 0;
}
