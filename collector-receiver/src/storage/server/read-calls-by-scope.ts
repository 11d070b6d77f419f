import type pg from "pg";

/** Calls of models of a tenant by who wrote their spans, over the day up to the last one. */
export interface ScopeCalls {
  readonly tenantId: string;
  /** Instrumentation scope; empty: recorded as `ai.call`. */
  readonly scope: string;
  readonly calls: number;
}

/** Answers of a provider that more than one call has. */
export interface RepeatedAnswers {
  readonly tenantId: string;
  readonly scopes: readonly string[];
  readonly answers: number;
  readonly example: string;
}

const maxTenants = 20;
const maxCalls = 20_000;

// By the primary key: of each tenant the last calls of one day.
const recentCalls = `
with last_days as (
  select tenant_id, max(day) as day from analytics_ai_tokens where calls <> 0 group by tenant_id order by tenant_id limit ${maxTenants}
), recent as (
  select last_days.tenant_id, coalesce(event_data ->> 'scope', '') as scope, event_data ->> 'response_id' as answer
  from last_days
  cross join lateral (
    select event_data from analytics_events event
    where event.tenant_id = last_days.tenant_id and event_name = 'ai.call'
      and occurred_at >= last_days.day - interval '1 day' and occurred_at < last_days.day + interval '2 days'
    order by occurred_at desc
    limit ${maxCalls}
  ) event
)`;

/** Calls by scope, the most first. */
export async function readCallsByScope(client: pg.Client): Promise<ScopeCalls[]> {
  const { rows } = await client.query<ScopeCalls>(`${recentCalls}
    select tenant_id as "tenantId", scope, count(*)::float8 as calls
    from recent group by tenant_id, scope order by tenant_id, calls desc, scope`);
  return rows;
}

/** Ids of answers that occur more than once: a call that two instrumentations wrote, or that was recorded as well. */
export async function readRepeatedAnswers(client: pg.Client): Promise<RepeatedAnswers[]> {
  const { rows } = await client.query<RepeatedAnswers>(`${recentCalls}, repeated as (
      select tenant_id, answer, array_agg(distinct scope order by scope) as scopes
      from recent where answer is not null
      group by tenant_id, answer having count(*) > 1
    )
    select tenant_id as "tenantId", scopes, count(*)::float8 as answers, min(answer) as example
    from repeated group by tenant_id, scopes order by tenant_id, answers desc`);
  return rows;
}
