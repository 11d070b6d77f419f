import { readDisplayName, readLogo } from "./read-logo.ts";
import { readFileSync } from "node:fs";
import { changeSettings } from "../upkeep/change-settings.ts";
import type { SettingsChange } from "../upkeep/change-settings.ts";
import { rebuildTenant } from "../recount/rebuild-tenant.ts";
import { parseWorkingHours } from "../metrics/working-hours.ts";
import type { WorkingHours } from "../metrics/working-hours.ts";
import { readSettings } from "../storage/settings/change-settings.ts";
import type { StoredSettings } from "../storage/settings/change-settings.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { sayWaiting } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

export interface SettingsOptions {
  readonly tenant?: string;
  readonly timezone?: string;
  readonly currency?: string;
  /** As decimal text. */
  readonly rate?: string;
  /** Seconds. */
  readonly idleTimeout?: number;
  /** Seconds. */
  readonly agentHeartbeat?: number;
  readonly workingHours?: string;
  readonly cost?: string;
  readonly from?: string;
  readonly name?: string;
  readonly logo?: string;
  readonly json?: boolean;
}

/** `spanledger settings`: shows what the numbers depend on, and changes it. */
export function runSettings(options: SettingsOptions): Promise<number> {
  const change = readChange(options);
  return withDatabase(async (connectionString) => {
    const client = await openWriterConnection(connectionString);
    try {
      const tenants = await listTenants(connectionString, options.tenant);
      // Before the first change, so that a tenant that has to be refused does not leave half of them changed.
      if (Object.keys(change).length > 0) await refuseUnknownRules(client, tenants);
      for (const tenantId of Object.keys(change).length > 0 ? tenants : []) {
        const { needsRebuild } = await changeSettings(client, tenantId, change);
        if (needsRebuild) await rebuildTenant(connectionString, tenantId, undefined, () => sayWaiting(tenantId));
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

function readChange(options: SettingsOptions): SettingsChange {
  const { timezone, currency, rate, idleTimeout, agentHeartbeat, workingHours, cost, from, name, logo } = options;
  if ((name !== undefined || logo !== undefined) && options.tenant === undefined) {
    throw new CommandError("invalid_arguments", "--name and --logo are one tenant's: name it with --tenant.");
  }
  if (rate !== undefined && (currency === undefined || options.tenant === undefined)) {
    throw new CommandError(
      "invalid_arguments",
      "--rate converts one tenant's money into another currency: --tenant brand-a --currency EUR --rate 0.13.",
    );
  }
  if ((cost === undefined) !== (from === undefined)) {
    throw new CommandError("invalid_arguments", "--cost and --from go together: --cost 12 --from 2026-01-01.");
  }
  return {
    ...(timezone === undefined ? {} : { timezone }),
    ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
    ...(rate === undefined ? {} : { rate }),
    ...(idleTimeout === undefined ? {} : { idleTimeoutSeconds: idleTimeout }),
    ...(agentHeartbeat === undefined ? {} : { agentHeartbeatSeconds: agentHeartbeat }),
    ...(workingHours === undefined ? {} : { workingHours: readWorkingHours(workingHours) }),
    ...(name === undefined ? {} : { displayName: readDisplayName(name) }),
    ...(logo === undefined ? {} : { logo: readLogo(logo) }),
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
    `name          ${settings.displayName ?? "none"}`,
    `logo          ${settings.hasLogo ? "yes" : "none"}`,
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
