import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Columns of rules 2 whose figures a sealed period has had by rules 1 already: they get the numbers that give the same
 * figures. Which outcome the other conversations had is not known any more; `rules_since` says up to where.
 */
const ofAgents = `first_takeovers = sessions_handled, first_waits_known = sessions_handled, waits_known = sessions_handled,
  first_wait_ms = total_first_response_ms, handles_known = sessions_handled, handle_ms = (total_handle_time_sec * 1000)::bigint,
  tickets_resolved = tickets_closed, resolutions_timed = tickets_closed, sla_known = tickets_closed,
  resolution_ms = (total_resolution_hours * 3600000)::bigint, resolved_in_sla = tickets_sla_met`;
const ofBusiness = `${ofAgents}, ai_resolved_assumed = ai_resolved_idle,
  outcome_open = total_sessions - sessions_ended - sessions_ended_idle`;

/**
 * Writes what sealed periods say by rules 1 in the terms of rules 2, in the open transaction that switches the rules.
 * @param firstDay first business day that is kept, the first of a month
 */
export async function translateSealedPeriods(
  client: WriterConnection,
  tenantId: string,
  firstDay: string,
): Promise<void> {
  await client.query({
    text: `
      update public.analytics_business_metrics set revision = revision + 1, updated_at = now(), ${ofBusiness}
      where tenant_id = $1 and period_start < $2::date and not (period_type = 'week' and period_start + 7 > $2::date)`,
    values: [tenantId, firstDay],
  });
  await client.query({
    text: `
      update public.analytics_agent_metrics set revision = revision + 1, updated_at = now(), ${ofAgents}
      where tenant_id = $1 and day < $2::date`,
    values: [tenantId, firstDay],
  });
}
