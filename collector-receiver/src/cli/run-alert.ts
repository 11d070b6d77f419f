import type { AlertRule } from "../catalogue/alert-rules.ts";
import { checkAlert } from "../catalogue/check-alerts.ts";
import { ProblemList } from "../catalogue/problem-list.ts";
import { alertMetricKeys } from "../stats/alert-facts.ts";
import type { AlertReader } from "../stats/alert-facts.ts";
import { readTenantToday } from "../stats/read-period.ts";
import { readCustomDefinitions } from "../stats/sql/read-custom-definitions.ts";
import { readGoals } from "../stats/sql/read-goals.ts";
import { deleteAlerts, lockAlerts, storeAlert } from "../storage/deliveries/alert-states.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { tellAlert } from "../upkeep/alert-message.ts";
import { knownAlerts } from "../upkeep/judge-alerts.ts";
import type { KnownAlert } from "../upkeep/judge-alerts.ts";
import { rehearseAlert } from "../upkeep/rehearse-alerts.ts";
import type { Rehearsal } from "../upkeep/rehearse-alerts.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface TenantOption {
  readonly tenant: string;
}

/** As commander gives them; `checkAlert` says what does not fit. */
export interface AlertOptions extends TenantOption {
  readonly dryRun?: boolean;
  readonly [field: string]: unknown;
}

/** How far back `--dry-run` looks. */
const rehearsedDays = 30;

/** `spanledger alert set`: stores an alert, or only says what it would have told. */
export function setAlert(name: string, { tenant, dryRun, ...given }: AlertOptions): Promise<number> {
  const rule = ruleOf(name, given);
  return withClient(tenant, async (client) => {
    if (dryRun === true)
      return rehearse(client, tenant, [{ name, rule, state: { firingPeriod: null, judgedThrough: null } }]);
    await inTransaction(client, { lock: { shared: tenant } }, async () => {
      await storeAlert(client, tenant, name, rule);
      await writeAudit(client, { tenantId: tenant, action: "alerts", details: { what: "set", name, rule } });
    });
    print(
      `Stored: ${describeAlert(name, rule)}\nIt is judged within a minute or two; to try it: spanledger alert list --dry-run\n`,
    );
    return 0;
  });
}

/** `spanledger alert remove` */
export function removeAlert(name: string, { tenant }: TenantOption): Promise<number> {
  return withClient(tenant, async (client) => {
    const { definitions } = await readCustomDefinitions(client, tenant);
    const removed = await inTransaction(client, { lock: { shared: tenant } }, async () => {
      const own = (await lockAlerts(client, tenant)).find(({ rule }) => rule === name)?.definition ?? null;
      if (own === null) return false;
      await deleteAlerts(client, tenant, [name]);
      await writeAudit(client, { tenantId: tenant, action: "alerts", details: { what: "remove", name, rule: own } });
      return true;
    });
    const inConfig = definitions.alerts?.[name] !== undefined;
    const stays = inConfig ? ` spanledger.config has an alert "${name}", which is judged.` : "";
    print(removed ? `Removed: ${name}.${stays}\n` : `No command has stored an alert "${name}".${stays}\n`);
    return removed ? 0 : 1;
  });
}

/** `spanledger alert list`: the alerts of a tenant and whether they fire, or what they would have told. */
export function listAlerts({ tenant, json, dryRun }: AlertOptions): Promise<number> {
  return withClient(tenant, async (client) => {
    const alerts = await alertsOf(client, tenant);
    if (dryRun === true) return rehearse(client, tenant, alerts);
    const listed = alerts.map(({ name, rule, state }) => ({ name, ...rule, firing: state.firingPeriod }));
    if (json === true) print(`${JSON.stringify({ alerts: listed }, null, 2)}\n`);
    else if (alerts.length === 0) print("There are no alerts: `spanledger alert set` stores one.\n");
    else {
      const stateOf = ({ state }: KnownAlert): string =>
        state.firingPeriod === null ? "ok" : `firing since ${state.firingPeriod}`;
      print(alerts.map((alert) => `${describeAlert(alert.name, alert.rule)}  ${stateOf(alert)}\n`).join(""));
    }
    return 0;
  });
}

async function alertsOf(client: WriterConnection, tenant: string): Promise<KnownAlert[]> {
  const stored = await inTransaction(client, {}, () => lockAlerts(client, tenant));
  const { definitions } = await readCustomDefinitions(client, tenant);
  return knownAlerts(stored, definitions.alerts ?? {});
}

async function rehearse(client: WriterConnection, tenantId: string, alerts: readonly KnownAlert[]): Promise<number> {
  const clock = await DatabaseClock.measure(client);
  const reader: AlertReader = {
    pool: client,
    tenantId,
    at: await readTenantToday({ pool: client, now: () => clock.nowMs() }, tenantId),
    goals: await readGoals(client, tenantId),
  };
  if (alerts.length === 0) print("There are no alerts: `spanledger alert set` stores one.\n");
  for (const alert of alerts) print(describeRehearsal(await rehearseAlert(reader, alert, rehearsedDays)));
  return 0;
}

function describeRehearsal({ name, isFiring, told }: Rehearsal): string {
  const lines = told.map((news) => {
    const { title, sentences } = tellAlert(news, "en");
    return `  ${news.at}  ${title}: ${sentences[0] ?? ""}\n`;
  });
  const count = told.filter(({ change }) => change === "firing").length;
  const times = count === 1 ? "once" : `${count} times`;
  return `${name}: ${isFiring ? "would be firing now" : "would be ok now"}; would have fired ${times} in the last ${rehearsedDays} days\n${lines.join("")}`;
}

function ruleOf(name: string, given: Readonly<Record<string, unknown>>): AlertRule {
  const list = new ProblemList();
  const rule = checkAlert(name, given, { metrics: alertMetricKeys, targets: undefined }, list);
  if (rule !== undefined) return rule;
  const problems = list.problems.map(({ path, problem, remedy }) => `${path.slice(1).join(".")} ${problem}: ${remedy}`);
  throw new CommandError("invalid_arguments", `${problems.join(". ")}.`);
}

function describeAlert(name: string, { kind, to, ...fields }: AlertRule): string {
  const said = Object.entries(fields).map(([field, value]) => `${field} ${String(value)}`);
  return [name, kind, ...said, `to ${to.length === 0 ? "all targets" : to.join(", ")}`].join("  ");
}

function withClient(tenant: string, work: (client: WriterConnection) => Promise<number>): Promise<number> {
  return withDatabase(async (connectionString) => {
    await listTenants(connectionString, tenant);
    const client = await openWriterConnection(connectionString);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  });
}
