import { Gauge, type Registry } from "prom-client";
import type { AnnouncementState, RetentionAnnouncement } from "../storage/settings/retention-plans.ts";
import { isRunning } from "../upkeep/keep-retention.ts";

const states: readonly AnnouncementState[] = ["announced", "due", "held", "lapsed", "cancelled"];

/**
 * What retention is going to do, as the last round found it.
 * @param read called at each scrape; does no I/O
 */
export function measureRetention(registry: Registry, read: () => readonly RetentionAnnouncement[]): void {
  new Gauge({
    name: "spanledger_retention_announcements",
    help: "Announcements of retention that are not carried out, by state; one for each tenant and RETENTION_MONTHS",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const state of states) this.set({ state }, read().filter((each) => each.state === state).length);
    },
  });
  new Gauge({
    name: "spanledger_retention_due_timestamp_seconds",
    help: "When retention drops rows next, seconds since 1970; 0: nothing is announced",
    registers: [registry],
    collect() {
      const due = read().flatMap(({ state, dueMs }) => (isRunning(state) ? [dueMs / 1000] : []));
      this.set(due.length === 0 ? 0 : Math.min(...due));
    },
  });
}
