-- Up Migration

-- Receivers of 0.2.0 go on: they leave the rows that this forgets where they are.
update spanledger_schema set oldest_receiver = 51;

-- A rating moves no time of its session: one that came later than the bound kept its event and lost its session. The rows
-- say which sessions stay.
create or replace function spanledger_forget_old_rows(max_rows int) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  rows_left int := max_rows;
  forgotten int;
  first_day date;
  plan record;
  old record;
begin
  for plan in
    select p.tenant_id, max(p.applied_from) as bound, s.timezone
    from public.analytics_retention_plans p join public.analytics_settings s on s.tenant_id = p.tenant_id
    group by p.tenant_id, s.timezone
    having max(p.applied_from) > coalesce(max(p.forgotten_from), '-infinity')
    order by p.tenant_id
  loop
    begin
      first_day := (plan.bound at time zone plan.timezone)::date;
    exception when invalid_parameter_value then
      -- Earlier than in any timezone.
      first_day := (plan.bound at time zone 'UTC' - interval '14 hours')::date;
    end;
    for old in
      select * from (values
        ('analytics_rejected_events', 'rejected_at < $2'),
        ('analytics_sources', 'last_seen_at < $2'),
        ('analytics_report_share_files', 'token_hash in (select token_hash from public.analytics_report_shares
          where tenant_id = $1 and expires_at < $2)'),
        ('analytics_report_shares', 'expires_at < $2'),
        ('analytics_sessions', 'greatest(first_seen_at, last_activity_at, first_start_at,
          last_start_at, first_end_at, escalated_at, taken_over_at, first_answer_at) < $2
          and not exists (select from public.analytics_events e where e.tenant_id = $1
            and e.session_id = analytics_sessions.session_id and e.occurred_at >= $2)'),
        ('analytics_customers', 'month + 34 <= $3 or month < $4 and days >> ($3 - month + 3) = 0')
      ) as kind (relation, condition)
    loop
      execute format('delete from public.%I where ctid = any (array(
        select ctid from public.%I where tenant_id = $1 and (%s) limit $5))', old.relation, old.relation, old.condition)
        using plan.tenant_id, plan.bound, date_trunc('week', first_day)::date, first_day, rows_left;
      get diagnostics forgotten = row_count;
      rows_left := rows_left - forgotten;
      if rows_left <= 0 then
        return max_rows;
      end if;
    end loop;
    update public.analytics_retention_plans set forgotten_from = plan.bound
      where tenant_id = plan.tenant_id and applied_from = plan.bound;
  end loop;
  return max_rows - rows_left;
end
$$;

-- Down Migration
create or replace function spanledger_forget_old_rows(max_rows int) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  rows_left int := max_rows;
  forgotten int;
  first_day date;
  plan record;
  old record;
begin
  for plan in
    select p.tenant_id, max(p.applied_from) as bound, s.timezone
    from public.analytics_retention_plans p join public.analytics_settings s on s.tenant_id = p.tenant_id
    group by p.tenant_id, s.timezone
    having max(p.applied_from) > coalesce(max(p.forgotten_from), '-infinity')
    order by p.tenant_id
  loop
    begin
      first_day := (plan.bound at time zone plan.timezone)::date;
    exception when invalid_parameter_value then
      -- Earlier than in any timezone.
      first_day := (plan.bound at time zone 'UTC' - interval '14 hours')::date;
    end;
    for old in
      select * from (values
        ('analytics_rejected_events', 'rejected_at < $2'),
        ('analytics_sources', 'last_seen_at < $2'),
        ('analytics_report_share_files', 'token_hash in (select token_hash from public.analytics_report_shares
          where tenant_id = $1 and expires_at < $2)'),
        ('analytics_report_shares', 'expires_at < $2'),
        ('analytics_sessions', 'greatest(first_seen_at, last_activity_at, first_start_at,
          last_start_at, first_end_at, escalated_at, taken_over_at, first_answer_at) < $2'),
        ('analytics_customers', 'month + 34 <= $3 or month < $4 and days >> ($3 - month + 3) = 0')
      ) as kind (relation, condition)
    loop
      execute format('delete from public.%I where ctid = any (array(
        select ctid from public.%I where tenant_id = $1 and (%s) limit $5))', old.relation, old.relation, old.condition)
        using plan.tenant_id, plan.bound, date_trunc('week', first_day)::date, first_day, rows_left;
      get diagnostics forgotten = row_count;
      rows_left := rows_left - forgotten;
      if rows_left <= 0 then
        return max_rows;
      end if;
    end loop;
    update public.analytics_retention_plans set forgotten_from = plan.bound
      where tenant_id = plan.tenant_id and applied_from = plan.bound;
  end loop;
  return max_rows - rows_left;
end
$$;
