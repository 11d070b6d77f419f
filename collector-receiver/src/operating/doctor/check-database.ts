import type pg from "pg";
import type { Config } from "../../config/config.ts";
import { countingRules } from "../../metrics/counting-rules.ts";
import { fitsSchema, readMigrationStatus } from "../../storage/schema/migrate-database.ts";
import { findSettingsDifferences } from "../../storage/settings/compare-tenant-settings.ts";
import { CountingRulesError } from "../../storage/settings/counting-rules-error.ts";
import { listTenantIds, listTenantsOfOtherRules } from "../../storage/settings/list-tenants.ts";
import { countAnnouncements } from "../../storage/settings/retention-plans.ts";
import { DatabaseClock } from "../../storage/wire/database-clock.ts";
import { describeDifferences, tenantDefaultsOf } from "../../upkeep/check-settings.ts";
import type { Result } from "./finding.ts";

/** More would move events to another time. */
const maxSkewMs = 2_000;

export async function checkMigrations(client: pg.Client): Promise<Result> {
  const status = await readMigrationStatus(client);
  const { applied, pending, unknown } = status;
  if (unknown.length > 0) {
    const text = `a newer version migrated this database: ${unknown.join(", ")}`;
    if (fitsSchema(status)) return ["ok", `${text}; this version can work with it`];
    return ["failed", `${text}; this version cannot work with it: run a newer one`];
  }
  if (pending.length > 0) return ["failed", `missing: ${pending.join(", ")}; run \`spanledger migrate\``];
  return ["ok", `${applied.length} applied, none missing`];
}

export async function checkTenantSettings(client: pg.Client, config: Config): Promise<Result> {
  const differences = await findSettingsDifferences(client, tenantDefaultsOf(config));
  if (differences.length > 0) return ["warning", describeDifferences(differences)];
  const tenants = (await listTenantIds(client)).length;
  return ["ok", tenants === 0 ? "none stored yet" : `as the environment says (tenants: ${tenants})`];
}

export async function checkCountingRules(client: pg.Client): Promise<Result> {
  const others = await listTenantsOfOtherRules(client);
  if (others.size === 0) return ["ok", `rules ${countingRules} for every tenant`];
  return ["failed", new CountingRulesError(others).message];
}

export async function checkRetention(client: pg.Client): Promise<Result> {
  const announced = await countAnnouncements(client);
  if (announced.length === 0) return ["ok", "nothing is announced"];
  const states = announced.map(({ state, tenants, due }) => `${state} (tenants: ${tenants}, due ${due})`);
  return ["warning", `${states.join(", ")}; \`spanledger retention\` shows what, and \`--cancel\` ends it`];
}

export async function checkClock(client: pg.Client): Promise<Result> {
  const skew = (await DatabaseClock.measure(client)).skewMs();
  const fits = Math.abs(skew) <= maxSkewMs;
  return [fits ? "ok" : "warning", `PostgreSQL's is ${skew} ms from this machine's${fits ? "" : "; run NTP on both"}`];
}
