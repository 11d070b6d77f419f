import type { Pool } from "pg";
import { businessCounterColumns } from "../../metrics/counter-columns.ts";
import { noCounters } from "../../metrics/metric-definition.ts";
import type { Counters } from "../../metrics/metric-definition.ts";

/** What a month said when it was settled, and what it says now. */
export interface SettledMonth {
  /** `2025-12` */
  readonly month: string;
  readonly settledMs: number;
  /** When its counters moved last; null if they are gone. */
  readonly changedMs: number | null;
  /** In which currency it was told. */
  readonly currency: string | null;
  /** A counter of a later version is null. */
  readonly said: Counters;
  readonly says: Counters;
  /** It has been counted anew by other rules. */
  readonly hasOtherRules: boolean;
  /** What people have changed since, in order. */
  readonly actions: readonly AuditedAction[];
}

/** An audited change that may move counters. */
export interface AuditedAction {
  readonly action: "definitions" | "settings";
  /** Of settings: what was asked for. */
  readonly change: Readonly<Record<string, unknown>> | null;
}

interface Row {
  month: string;
  settled_ms: string;
  changed_ms: string | null;
  currency: string | null;
  said: Record<string, string>;
  says: Record<string, string> | null;
  has_other_rules: boolean;
  actions: AuditedAction[] | null;
}

/** The months of a tenant from `first` to `last` that have been settled, in order. */
export async function readSettledMonths(
  pool: Pick<Pool, "query">,
  tenantId: string,
  first: string,
  last: string,
): Promise<SettledMonth[]> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-settled-months",
    text: readSettledMonthsSql,
    values: [tenantId, first, last],
  });
  const unknown = Object.fromEntries(businessCounterColumns.map((column) => [column, null])) as unknown as Counters;
  return rows.map((row) => ({
    month: row.month,
    settledMs: Number(row.settled_ms),
    changedMs: row.changed_ms === null ? null : Number(row.changed_ms),
    currency: row.currency,
    said: { ...unknown, ...row.said },
    says: { ...noCounters, ...row.says },
    hasOtherRules: row.has_other_rules,
    actions: row.actions ?? [],
  }));
}

const milliseconds = (instant: string): string => `trunc(extract(epoch from ${instant}) * 1000)::text`;
/** As text, so that no digit is lost. */
const texts = (counters: string): string =>
  `(select json_object_agg(key, value) from jsonb_each_text(${counters}) as counter)`;

const readSettledMonthsSql = `
select kept.month, ${milliseconds("kept.settled_at")} as settled_ms, ${milliseconds("counted.updated_at")} as changed_ms, kept.currency,
  ${texts("kept.counters")} as said,
  case when counted.tenant_id is not null then ${texts(
    `(select to_jsonb(own) from (select ${businessCounterColumns.map((column) => `counted.${column}`).join(", ")}) as own)`,
  )} end as says,
  settings.counting_rules is distinct from kept.counting_rules as has_other_rules,
  (select json_agg(json_build_object('action', action, 'change', details -> 'change') order by performed_at)
    from analytics_audit audit
    where audit.tenant_id = $1 and audit.performed_at > kept.settled_at and action in ('settings', 'definitions')) as actions
from analytics_settled_months kept
left join analytics_settings settings on settings.tenant_id = kept.tenant_id
left join analytics_business_metrics counted
  on counted.tenant_id = kept.tenant_id and counted.period_type = 'month' and counted.period_value = kept.month
where kept.tenant_id = $1 and kept.month between $2 and $3
order by kept.month
`;
