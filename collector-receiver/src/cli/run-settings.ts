import { readFileSync } from "node:fs";
import { parseDuration } from "../config/parse-duration.ts";
import { changeSettings } from "../upkeep/change-settings.ts";
import type { SettingsChange } from "../upkeep/change-settings.ts";
import { rebuildTenant } from "../recount/rebuild-tenant.ts";
import { parseWorkingHours } from "../metrics/working-hours.ts";
import type { WorkingHours } from "../metrics/working-hours.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { readSettings } from "../storage/settings/change-settings.ts";
import type { StoredSettings } from "../storage/settings/change-settings.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

export interface SettingsOptions {
  readonly tenant?: string;
  readonly timezone?: string;
  readonly currency?: string;
  readonly idleTimeout?: string;
  readonly agentHeartbeat?: string;
  readonly workingHours?: string;
  readonly cost?: string;
  readonly from?: string;
  readonly json?: boolean;
}

/** `spanledger settings`: shows what the numbers depend on, and changes it. */
export function runSettings(options: SettingsOptions): Promise<number> {
  const change = readChange(options);
  return withDatabase(async (connectionString) => {
    const client = await openWriterConnection(connectionString);
    try {
      const tenants = await listTenants(connectionString, options.tenant);
      const clock = await DatabaseClock.measure(client);
      // Before the first change, so that a tenant that has to be refused does not leave half of them changed.
      if (Object.keys(change).length > 0) await refuseUnknownRules(client, tenants);
      for (const tenantId of Object.keys(change).length > 0 ? tenants : []) {
        const { needsRebuild } = await changeSettings(client, tenantId, change, clock.nowMs());
        if (needsRebuild) await rebuildTenant(connectionString, tenantId);
      }
      const settings: StoredSettings[] = [];
      for (const tenantId of tenants) settings.push(await readSettings(client, tenantId));
      print(options.json === true ? `${JSON.stringify({ tenants: settings })}\n` : settings.map(describe).join(""));
      const { timezone, currency, idleTimeoutSeconds, cost } = change;
      if ([timezone, currency, idleTimeoutSeconds, cost].some(Boolean) && options.json !== true) {
        print("New tenants still get the values of the receiver's environment.\n");
      }
      return 0;
    } finally {
      await client.end();
    }
  });
}

/** The shortest silence that agents' activity is kept finely enough for. */
const minHeartbeatSeconds = 1800;

function readChange({
  timezone,
  currency,
  idleTimeout,
  agentHeartbeat,
  workingHours,
  cost,
  from,
}: SettingsOptions): SettingsChange {
  const refuse = (message: string): never => {
    throw new CommandError("invalid_arguments", message);
  };
  const seconds = idleTimeout === undefined ? undefined : parseDuration(idleTimeout);
  if (idleTimeout !== undefined && (seconds === undefined || seconds < 60)) {
    refuse(`--idle-timeout ${idleTimeout} is no duration of at least a minute: 24h, 90m or 3600s.`);
  }
  const heartbeat = agentHeartbeat === undefined ? undefined : parseDuration(agentHeartbeat);
  if (agentHeartbeat !== undefined && (heartbeat === undefined || heartbeat < minHeartbeatSeconds)) {
    refuse(`--agent-heartbeat ${agentHeartbeat} is no duration of at least half an hour: 4h, 45m or 7200s.`);
  }
  if ((cost === undefined) !== (from === undefined))
    refuse("--cost and --from go together: --cost 12 --from 2026-01-01.");
  if (cost !== undefined && !/^\d{1,12}(\.\d{1,6})?$/.test(cost)) {
    refuse(`--cost ${cost} is no decimal number such as 10 or 12.50.`);
  }
  if (from !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(from) || Number.isNaN(Date.parse(from)))) {
    refuse(`--from ${from} is no day: YYYY-MM-DD.`);
  }
  return {
    ...(timezone === undefined ? {} : { timezone }),
    ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
    ...(seconds === undefined ? {} : { idleTimeoutSeconds: seconds }),
    ...(heartbeat === undefined ? {} : { agentHeartbeatSeconds: heartbeat }),
    ...(workingHours === undefined ? {} : { workingHours: readWorkingHours(workingHours) }),
    ...(cost === undefined || from === undefined ? {} : { cost: { value: cost, from } }),
  };
}

/** @param path a file, or `none` */
function readWorkingHours(path: string): WorkingHours | null {
  if (path === "none") return null;
  const refuse = (message: string): never => {
    throw new CommandError("invalid_arguments", `--working-hours ${path}: ${message}`);
  };
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    refuse(`the file cannot be read (${(error as Error).message}).`);
  }
  try {
    return parseWorkingHours(JSON.parse(text));
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function describe(settings: StoredSettings): string {
  const { retainedFromMs } = settings;
  const lines = [
    `timezone      ${settings.timezone}`,
    `currency      ${settings.currency}`,
    `idle timeout  ${settings.idleTimeoutSeconds} s`,
    `working hours ${settings.workingHours === null ? "none" : JSON.stringify(settings.workingHours)}`,
    `heartbeat     ${settings.agentHeartbeatSeconds} s`,
    `rules         ${settings.countingRules}`,
    `settled up to ${new Date(settings.idleThroughMs).toISOString()}`,
    `rows kept     ${retainedFromMs === null ? "all" : `from ${new Date(retainedFromMs).toISOString()}`}`,
    ...settings.costs.map(({ validFrom, cost }) => `cost          ${cost} a manual session from ${validFrom}`),
  ];
  return `${settings.tenantId}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
