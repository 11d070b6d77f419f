import { isCountedSession, isLeftToAi, outcomeConditions } from "../../metrics/session-outcome.ts";
import { durableDays } from "../../metrics/operation-metrics.ts";

/** SQL: how long a customer must stay away. */
export const durableWindow = `interval '${durableDays} days'`;

const isEnded = "first_end_at is not null or last_activity_at + idle_timeout <= idle_through";

/**
 * SQL: the tables `cohort`, the sessions that started in a range, and `followed`, those of them (and of the days after
 * it) with a customer, each judged by when the customer came next. Two sessions of a customer that start at once come
 * in the order of their ids, so that one of them is a return.
 */
export const resolutionTables = (at: {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
}): string => `
cohort as materialized (
  select session_id, user_id, first_start_at, idle_through, idle_timeout,
    coalesce(first_end_at, last_activity_at) as over_at,
    ${isLeftToAi} and not (${isEnded}) as is_open, ${outcomeConditions.ai_resolved} and (${isEnded}) as is_resolved
  from analytics_sessions join analytics_settings using (tenant_id)
    cross join lateral (select idle_timeout_seconds * interval '1 second' as idle_timeout) as settings
  where tenant_id = ${at.tenant} and first_start_at >= ${at.from} and first_start_at < ${at.to} and ${isCountedSession}
), begun as (
  select session_id, user_id, first_start_at, idle_through, over_at, is_resolved from cohort where user_id is not null
  union all
  select session_id, user_id, first_start_at, null, null, false from analytics_sessions
  where tenant_id = ${at.tenant} and user_id is not null and first_start_at >= ${at.to} and ${isCountedSession}
    and first_start_at <= (select max(over_at) + ${durableWindow} from cohort where is_resolved and user_id is not null)
), followed as (
  select first_start_at, is_resolved, over_at + ${durableWindow} <= idle_through as is_judged,
    coalesce(lead(first_start_at) over (partition by user_id order by first_start_at, session_id collate "C")
      > over_at + ${durableWindow}, true) as is_durable
  from begun
)`;
