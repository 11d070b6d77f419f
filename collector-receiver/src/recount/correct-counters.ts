import type { TenantRules } from "../metrics/session-contribution.ts";
import { applyCustomerCorrections, stageCustomerCorrections } from "../storage/recount/correct-customers.ts";
import { applyCustomSessions, stageCustomSessions } from "../storage/recount/correct-custom-sessions.ts";
import { counterTables, customCounterTable } from "../storage/recount/derived-tables.ts";
import { applyCorrections, stageCorrections } from "../storage/recount/stage-corrections.ts";
import { noteBackfilled } from "../storage/settings/store-custom-definitions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/** Writes down by how much each counter of a tenant is off, in the transaction whose shadow tables hold what is right. */
export async function stageTenantCorrections(writer: WriterConnection, rules: TenantRules): Promise<void> {
  await stageCorrections(writer, countersOf(rules), rules.tenantId);
  await stageCustomerCorrections(writer, rules.tenantId);
  if (rules.custom !== null) await stageCustomSessions(writer, rules.tenantId);
}

/** Moves the counters by what was written down, in the open transaction; its own metrics have then counted what came before. */
export async function applyTenantCorrections(writer: WriterConnection, rules: TenantRules): Promise<void> {
  await applyCorrections(writer, countersOf(rules), rules.tenantId);
  await applyCustomerCorrections(writer, rules.tenantId);
  if (rules.custom === null) return;
  await applyCustomSessions(writer, rules.tenantId);
  await noteBackfilled(writer, rules.tenantId, rules.custom.hash);
}

const countersOf = ({ custom }: TenantRules) =>
  custom === null ? counterTables : [...counterTables, customCounterTable];
