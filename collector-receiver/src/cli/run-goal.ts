import pg from "pg";
import type { PeriodType } from "../metrics/business-calendar.ts";
import { ownMetricsOf } from "../metrics/custom-metrics.ts";
import { GoalError, metricNamedIn, parseGoal, unreadable } from "../metrics/goals.ts";
import type { Goal, GoalMetric } from "../metrics/goals.ts";
import { definedMetrics } from "../metrics/metric-dictionary.ts";
import { describeGoal, goalMetricOf, ownGoalMetricOf } from "../stats/figure-goal.ts";
import { readTenantToday } from "../stats/read-period.ts";
import { readCustomDefinitions } from "../stats/sql/read-custom-definitions.ts";
import { readGoals } from "../stats/sql/read-goals.ts";
import { deleteGoals, storeGoal } from "../storage/settings/goals.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface GoalOptions {
  readonly tenant: string;
  readonly from?: string;
  readonly per?: PeriodType;
}

/** `spanledger goal set`: what a metric shall reach from a day on. */
export function setGoal(text: string, options: GoalOptions): Promise<number> {
  return withGoals(options.tenant, async (client, pool) => {
    const metric = await metricIn(pool, options.tenant, text);
    if (options.per !== undefined && !metric.isSum) {
      throw new CommandError("invalid_arguments", `${metric.key} does not add up over days: leave --per out.`);
    }
    const goal: Goal = {
      ...readGoal(text, metric),
      validFrom: options.from ?? (await readTenantToday({ pool, now: Date.now }, options.tenant)).today,
      per: metric.isSum ? (options.per ?? "month") : null,
    };
    await inTransaction(client, { lock: { shared: options.tenant } }, async () => {
      await storeGoal(client, options.tenant, goal);
      await auditGoal(client, options.tenant, { what: "set", goal: describeGoal(goal) });
    });
    print(
      `${describeLine(goal)}\nReports, charts and the API show it; to remove it: spanledger goal remove ${goal.metric}\n`,
    );
    return 0;
  });
}

/** `spanledger goal list` */
export function listGoals({ tenant, json }: GoalOptions & { readonly json?: boolean }): Promise<number> {
  return withGoals(tenant, async (_, pool) => {
    const goals = await readGoals(pool, tenant);
    if (json === true) print(`${JSON.stringify({ goals: goals.map(describeGoal) }, null, 2)}\n`);
    else if (goals.length === 0) print("No goals are stored: `spanledger goal set` stores one.\n");
    else print(goals.map((goal) => `${describeLine(goal)}\n`).join(""));
    return 0;
  });
}

/** `spanledger goal remove` */
export function removeGoal(metric: string, { tenant, from }: GoalOptions): Promise<number> {
  return withGoals(tenant, async (client) => {
    const removed = await inTransaction(client, { lock: { shared: tenant } }, async () => {
      const days = await deleteGoals(client, tenant, metric, from);
      if (days.length > 0) await auditGoal(client, tenant, { what: "remove", metric, from: days });
      return days;
    });
    print(
      removed.length > 0
        ? `Removed: ${metric} from ${removed.join(", ")}.\n`
        : `There is no such goal of "${metric}"; \`spanledger goal list\` shows all.\n`,
    );
    return removed.length > 0 ? 0 : 1;
  });
}

const auditGoal = (client: WriterConnection, tenantId: string, details: Readonly<Record<string, unknown>>) =>
  writeAudit(client, { tenantId, action: "goals", details });

function withGoals(
  tenant: string,
  work: (client: WriterConnection, pool: pg.Pool) => Promise<number>,
): Promise<number> {
  return withDatabase(async (connectionString) => {
    await listTenants(connectionString, tenant);
    const client = await openWriterConnection(connectionString);
    const pool = new pg.Pool({ connectionString, max: 1 });
    try {
      return await work(client, pool);
    } finally {
      await client.end();
      await pool.end();
    }
  });
}

/** The metric that a text names: of the dictionary, or the tenant's own. */
async function metricIn(pool: pg.Pool, tenantId: string, text: string): Promise<GoalMetric> {
  const key = metricNamedIn(text);
  if (key === null) throw refused(unreadable(text));
  const defined = definedMetrics.find((metric) => metric.key === key);
  if (defined !== undefined) return goalMetricOf(defined);
  const { definitions } = await readCustomDefinitions(pool, tenantId);
  const own = ownMetricsOf(definitions).find((metric) => metric.key === key);
  if (own !== undefined) return ownGoalMetricOf(own);
  throw new CommandError(
    "invalid_arguments",
    `"${key}" is not a metric of "${tenantId}": docs/metrics.md and GET /api/analytics/metrics list the keys.`,
  );
}

function readGoal(text: string, metric: GoalMetric): ReturnType<typeof parseGoal> {
  try {
    return parseGoal(text, metric);
  } catch (error) {
    throw error instanceof GoalError ? refused(error) : error;
  }
}

const refused = (error: GoalError): CommandError => new CommandError("invalid_arguments", error.message);

function describeLine({ metric, comparison, target, per, validFrom }: Goal): string {
  return `${metric} ${comparison} ${target}${per === null ? "" : ` a ${per}`} from ${validFrom}`;
}
