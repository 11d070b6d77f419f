import { businessCalendarOf } from "../../collector-receiver/src/metrics/business-calendar.ts";
import { customerSlotsOf } from "../../collector-receiver/src/metrics/customer-days.ts";

/** The receiver's default. */
const calendar = businessCalendarOf("Asia/Shanghai");
const hourMs = 3_600_000;

/** The environment of receivers that take this traffic: none of its sessions ends by silence, however old the traffic is. */
export const environmentOfTraffic = { SESSION_IDLE_TIMEOUT: "366d" } as const;

/**
 * When the hour of traffic begins: two hours ago, or at the latest hour before that lies within one business day whose ISO
 * week belongs to its month. On other days a customer is two rows (metrics/customer-days.ts), and across midnight each
 * counter is: 5 to 7 % of an event's CPU, which would depend on the time of the run.
 */
export function startOfTraffic(nowMs: number): number {
  let startMs = nowMs - 2 * hourMs;
  while (!liesInOneRow(startMs)) startMs -= hourMs;
  return startMs;
}

function liesInOneRow(startMs: number): boolean {
  const day = calendar.dayOf(startMs);
  return calendar.dayOf(startMs + hourMs) === day && customerSlotsOf(day).length === 1;
}
