import type { OnAlarm } from "../ingest/alarm-codes.ts";
import { findTenantsWithAlerts } from "../storage/deliveries/alert-states.ts";
import { classifyDatabaseError } from "../storage/wire/database-errors.ts";
import type { DatabaseErrorKind } from "../storage/wire/database-errors.ts";
import { DutyTakenError } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { judgeAlerts } from "./judge-alerts.ts";
import type { AlertJudging } from "./judge-alerts.ts";

/** Between two looks at a tenant's alerts. */
const judgeEveryMs = 60_000;
/** Until senders have sent what they kept while no receiver or no database was there; it would look like silence before. */
const graceMs = 5 * 60_000;
/** Tenants of one round: a round has other duties too, and goes on with the next ones in the next. */
const maxTenants = 200;

const lostDatabase: ReadonlySet<DatabaseErrorKind> = new Set(["unavailable", "login_refused"]);

export interface AlertWatchOptions extends Omit<AlertJudging, "seesSilence"> {
  /** Told of a tenant whose alerts cannot be judged, once until they can be. */
  readonly onAlarm: OnAlarm;
}

/** Judges the alerts of tenants in rounds of upkeep. */
export class AlertWatch {
  readonly #options: AlertWatchOptions;
  /** Tenants whose alerts could not be judged last. */
  readonly #failing = new Set<string>();
  /** When each tenant was judged last. */
  readonly #judgedMs = new Map<string, number>();
  /** When judging began, or began again after a gap. */
  #beganMs: number | undefined;
  #lookedMs = 0;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
  }

  /** Judges the tenants whose turn it is, and writes messages to the outbox. A tenant that fails keeps no other one waiting. */
  async judge(client: WriterConnection, nowMs: number): Promise<void> {
    const seesSilence = this.#seesSilence(nowMs);
    for (const tenantId of await this.#dueTenants(client, nowMs)) {
      try {
        await judgeAlerts(client, tenantId, nowMs, { ...this.#options, seesSilence });
        this.#failing.delete(tenantId);
      } catch (error) {
        // Another receiver is at it.
        if (error instanceof DutyTakenError) break;
        // Nobody can be judged then.
        if (lostDatabase.has(classifyDatabaseError(error))) throw error;
        this.#tellFailure(tenantId, error);
      }
      this.#judgedMs.set(tenantId, nowMs);
    }
  }

  /** A gap between two looks is an outage, unless the look before came after one too: then rounds are that slow. */
  #seesSilence(nowMs: number): boolean {
    const isGap = nowMs - this.#lookedMs > graceMs && this.#beganMs !== this.#lookedMs;
    if (isGap) this.#beganMs = nowMs;
    this.#lookedMs = nowMs;
    return this.#beganMs !== undefined && nowMs - this.#beganMs >= graceMs;
  }

  #tellFailure(tenantId: string, error: unknown): void {
    if (this.#failing.has(tenantId)) return;
    this.#failing.add(tenantId);
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onAlarm("upkeep_failed", `the alerts of "${tenantId}" cannot be judged now: ${reason}`, error);
  }

  /** The tenants whose last look is longest ago. */
  async #dueTenants(client: WriterConnection, nowMs: number): Promise<string[]> {
    const judged = (tenantId: string): number => this.#judgedMs.get(tenantId) ?? 0;
    return (await findTenantsWithAlerts(client))
      .filter((tenantId) => nowMs - judged(tenantId) >= judgeEveryMs)
      .toSorted((a, b) => judged(a) - judged(b))
      .slice(0, maxTenants);
  }
}
