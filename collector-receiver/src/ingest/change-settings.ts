import { addDays, businessCalendarOf } from "../metrics/business-calendar.ts";
import type { WorkingHours } from "../metrics/working-hours.ts";
import {
  readSettings,
  storeAgentHeartbeat,
  storeCost,
  storeIdleTimeout,
  storeTimezone,
  storeWorkingHours,
} from "../storage/change-settings.ts";
import { forgetResolutionDays } from "../storage/forget-resolution-days.ts";
import type { StoredSettings } from "../storage/change-settings.ts";
import { lockIngestExclusive } from "../storage/lock-ingest.ts";
import { writeAudit } from "../storage/write-audit.ts";
import type { WriterConnection } from "../storage/writer-connection.ts";

export interface SettingsChange {
  /** An IANA name. */
  readonly timezone?: string;
  readonly idleTimeoutSeconds?: number;
  /** At least half an hour. */
  readonly agentHeartbeatSeconds?: number;
  /** Null: none from now on. */
  readonly workingHours?: WorkingHours | null;
  /** A decimal number as text, valid from a business day on. */
  readonly cost?: { readonly value: string; readonly from: string };
}

export class SettingsChangeError extends Error {
  override readonly name = "SettingsChangeError";
  readonly code: "sealed" | "cost_not_later" | "unknown_timezone";
  constructor(code: SettingsChangeError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Changes settings of a tenant, in one transaction that holds all batches back, with an audit row.
 * @returns whether the counters have to be rebuilt now: they were counted by the settings before
 * @throws SettingsChangeError where the change would rewrite what must not change
 */
export async function changeSettings(
  client: WriterConnection,
  tenantId: string,
  change: SettingsChange,
  nowMs: number,
): Promise<{ readonly needsRebuild: boolean }> {
  await client.query("begin");
  try {
    await lockIngestExclusive(client);
    const before = await readSettings(client, tenantId);
    checkChange(before, change, nowMs);
    const newTimezone = change.timezone !== undefined && change.timezone !== before.timezone;
    const newTimeout =
      change.idleTimeoutSeconds !== undefined && change.idleTimeoutSeconds !== before.idleTimeoutSeconds;
    if (newTimezone) await storeTimezone(client, tenantId, change.timezone);
    if (newTimeout) await storeIdleTimeout(client, tenantId, change.idleTimeoutSeconds);
    // Days begin elsewhere, or sessions end at other times.
    if (newTimezone || newTimeout) await forgetResolutionDays(client, tenantId);
    const newHours = change.workingHours !== undefined;
    if (newHours) await storeWorkingHours(client, tenantId, change.workingHours);
    if (change.agentHeartbeatSeconds !== undefined) {
      await storeAgentHeartbeat(client, tenantId, change.agentHeartbeatSeconds);
    }
    if (change.cost !== undefined) await storeCost(client, tenantId, change.cost.from, change.cost.value);
    const details = {
      change,
      before: {
        timezone: before.timezone,
        idle_timeout_seconds: before.idleTimeoutSeconds,
        costs: before.costs,
        ...(newHours ? { working_hours: before.workingHours } : {}),
        ...(change.agentHeartbeatSeconds === undefined
          ? {}
          : { agent_heartbeat_seconds: before.agentHeartbeatSeconds }),
      },
    };
    await writeAudit(client, { tenantId, action: "settings", details });
    await client.query("commit");
    return { needsRebuild: newTimezone || newTimeout || newHours };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

function checkChange(before: StoredSettings, change: SettingsChange, nowMs: number): void {
  if (change.timezone !== undefined) {
    try {
      businessCalendarOf(change.timezone);
    } catch {
      throw new SettingsChangeError(
        "unknown_timezone",
        `"${change.timezone}" is no timezone that is known here: take an IANA name such as Asia/Shanghai.`,
      );
    }
    if (before.retainedFromMs !== null && change.timezone !== before.timezone) {
      throw new SettingsChangeError(
        "sealed",
        `Periods before ${new Date(before.retainedFromMs).toISOString()} are sealed, and their days cannot be cut ` +
          `anew in ${change.timezone}: the timezone of tenant "${before.tenantId}" stays ${before.timezone}.`,
      );
    }
  }
  if (change.cost === undefined) return;
  const today = businessCalendarOf(before.timezone).dayOf(nowMs);
  if (change.cost.from <= today) {
    throw new SettingsChangeError(
      "cost_not_later",
      `A cost is valid from a later business day on, so that nothing that was reported changes; today is ${today}: ` +
        `take --from ${addDays(today, 1)} or later.`,
    );
  }
}
