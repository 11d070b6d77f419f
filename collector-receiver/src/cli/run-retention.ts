import { retentionStart } from "../upkeep/apply-retention.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { isRunning } from "../upkeep/keep-retention.ts";
import { readSettings, type StoredSettings } from "../storage/settings/change-settings.ts";
import {
  cancelRetention,
  readAnnouncements,
  resumeRetention,
  type RetentionAnnouncement,
  type RetentionBound,
} from "../storage/settings/retention-plans.ts";
import { weighPartitions, type WeighedPartition } from "../storage/events/weigh-partitions.ts";
import { openWriterConnection, type WriterConnection } from "../storage/wire/writer-connection.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

export interface RetentionCommandOptions {
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly months?: number;
  readonly cancel?: boolean;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `spanledger retention`: shows, ends and tries out what retention is going to drop. */
export function runRetention(options: RetentionCommandOptions): Promise<number> {
  const { months } = options;
  if (months !== undefined && options.dryRun !== true) {
    const text = "--months only works with --dry-run. Set RETENTION_MONTHS to change what is kept.";
    throw new CommandError("invalid_arguments", text);
  }
  return withDatabase(async (connectionString, config) => {
    const client = await openWriterConnection(connectionString);
    try {
      const tenantIds = await listTenants(connectionString, options.tenant);
      const say = (document: object, text: string) =>
        print(options.json === true ? `${JSON.stringify(document)}\n` : text);
      if (options.dryRun === true) {
        const dryRun = await tryRetention(client, await listTenants(connectionString, undefined), {
          months,
          otherwise: config.retentionMonths,
        });
        say(dryRun, describeDryRun(dryRun));
        return 0;
      }
      if (options.cancel === true) {
        const cancelled = await cancelRetention(client, options.tenant ?? null);
        say({ cancelled }, describeChange("cancelled", cancelled, "`--resume` announces again, with a whole day."));
        return 0;
      }
      if (options.resume === true) {
        const resumed = await resumeRetention(client, options.tenant ?? null);
        say({ resumed }, describeChange("resumed", resumed, "It drops rows in a day at the earliest."));
        return 0;
      }
      const tenants = [];
      const announcements = Map.groupBy(await readAnnouncements(client), ({ tenantId }) => tenantId);
      for (const tenantId of tenantIds) {
        const { retainedFromMs } = await readSettings(client, tenantId);
        tenants.push({ tenantId, retainedFromMs, announcements: announcements.get(tenantId) ?? [] });
      }
      say({ tenants }, tenants.map(describeTenant).join(""));
      return 0;
    } finally {
      await client.end();
    }
  });
}

interface DryRun {
  /** Where the rows of each tenant would begin. */
  readonly bounds: readonly RetentionBound[];
  /** Those that would be dropped: no tenant keeps rows in them. */
  readonly partitions: readonly WeighedPartition[];
}

/** By `months`, else what is announced, else the RETENTION_MONTHS of this environment, else what was applied before. */
async function tryRetention(
  client: WriterConnection,
  tenantIds: readonly string[],
  { months, otherwise }: { readonly months: number | undefined; readonly otherwise: number | undefined },
): Promise<DryRun> {
  const nowMs = (await DatabaseClock.measure(client)).nowMs();
  const running = (await readAnnouncements(client)).filter(({ state }) => isRunning(state));
  const bounds: RetentionBound[] = [];
  for (const tenantId of tenantIds) {
    const settings = await readSettings(client, tenantId);
    bounds.push({ tenantId, retainedFromMs: boundOf(settings) });
  }
  const boundsByTenant = new Map(bounds.map(({ tenantId, retainedFromMs }) => [tenantId, retainedFromMs ?? -Infinity]));
  const latestMs = Math.max(...boundsByTenant.values());
  const old = Number.isFinite(latestMs) ? await weighPartitions(client, latestMs) : [];
  const partitions = old.filter(({ rowsByTenant, endMs }) =>
    Object.keys(rowsByTenant).every((tenantId) => (boundsByTenant.get(tenantId) ?? -Infinity) >= endMs),
  );
  return { bounds, partitions };

  function boundOf({ tenantId, timezone, retainedFromMs }: StoredSettings): number | null {
    if (months !== undefined) return latest(retainedFromMs, retentionStart(timezone, months, nowMs));
    // Of several announcements the one that keeps more comes first; the others are held up by it.
    const announced = running.filter((each) => each.tenantId === tenantId).map((each) => each.retainedFromMs);
    if (announced.length > 0) return latest(retainedFromMs, Math.min(...announced));
    if (otherwise !== undefined) return latest(retainedFromMs, retentionStart(timezone, otherwise, nowMs));
    return retainedFromMs;
  }
}

/** Retention never goes back. */
const latest = (before: number | null, next: number): number => Math.max(before ?? -Infinity, next);

const timeOf = (ms: number): string => new Date(ms).toISOString();
const MiB = 1024 * 1024;

function describeTenant({
  tenantId,
  retainedFromMs,
  announcements,
}: {
  readonly tenantId: string;
  readonly retainedFromMs: number | null;
  readonly announcements: readonly RetentionAnnouncement[];
}): string {
  const kept = `rows kept  ${retainedFromMs === null ? "all" : `from ${timeOf(retainedFromMs)}`}`;
  const lines = [
    kept,
    ...(announcements.length === 0 ? ["announced  nothing"] : announcements.map(describeAnnouncement)),
  ];
  return `${tenantId}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function describeAnnouncement({ state, months, retainedFromMs, dueMs }: RetentionAnnouncement): string {
  const what = `rows before ${timeOf(retainedFromMs)} (RETENTION_MONTHS=${months})`;
  switch (state) {
    case "announced":
    case "due":
      return `announced  ${what} go at ${timeOf(dueMs)} or soon after; \`spanledger retention --cancel\` ends this`;
    case "held":
      return `held       ${what}: another receiver keeps more; give all receivers the same RETENTION_MONTHS`;
    case "lapsed":
      return `lapsed     ${what}: no receiver has wanted this for an hour; it begins anew if one does`;
    case "cancelled":
      return `cancelled  ${what}; \`spanledger retention --resume\` announces it again`;
  }
}

function describeDryRun({ bounds, partitions }: DryRun): string {
  const lines = bounds.map(({ tenantId, retainedFromMs }) =>
    retainedFromMs === null
      ? `${tenantId}: keeps everything`
      : `${tenantId}: would keep rows from ${timeOf(retainedFromMs)}`,
  );
  for (const { partition, rows, bytes, rowsByTenant } of partitions) {
    lines.push(`${partition}: rows ${rows}, ${(bytes / MiB).toFixed(1)} MiB`);
    for (const [tenantId, count] of Object.entries(rowsByTenant)) lines.push(`  ${tenantId}: rows ${count}`);
  }
  const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0);
  const bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  if (partitions.length > 0) {
    lines.push(`would be dropped: partitions ${partitions.length}, rows ${rows}, ${(bytes / MiB).toFixed(1)} MiB`);
  } else {
    lines.push("would be dropped: nothing; a partition goes when every tenant that has rows in it lets it go");
  }
  return lines.map((line) => `${line}\n`).join("");
}

function describeChange(done: "cancelled" | "resumed", tenantIds: readonly string[], next: string): string {
  if (tenantIds.length === 0) return `nothing to be ${done}\n`;
  return `${done} for ${tenantIds.join(", ")}. ${next}\n`;
}
