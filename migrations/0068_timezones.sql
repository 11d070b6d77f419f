-- Up Migration

-- Receivers of the release before go on: where a timezone has no row here, PostgreSQL's own timezone database is used, as before.
update spanledger_schema set oldest_receiver = 51;

-- When the clocks of a timezone are changed, as the receiver knows it. The receiver counts events by day; what asks PostgreSQL
-- for days (dashboards, retention) has to cut them at the same instants. PostgreSQL has a timezone database of its own: of
-- another version, without names that are newer than it, and with names that mean something else there (CET, +08:00).
create table analytics_timezones (
  timezone text primary key,
  -- Of the timezone database, such as 2026b.
  version text collate "C" not null,
  -- Later changes are not in here: they are computed again in time.
  known_until timestamptz not null,
  -- From each of these instants on, local time is so many seconds ahead of UTC.
  starts_at timestamptz[] not null,
  utc_offsets int[] not null,
  check (starts_at[1] = '-infinity' and cardinality(starts_at) = cardinality(utc_offsets)),
  -- The receiver's role writes this table, and retention, which drops rows, reads it.
  check (-54000 < all (utc_offsets) and 54000 > all (utc_offsets))
);
comment on table analytics_timezones is 'When clocks are changed, as receivers know it: see spanledger_day_of() and spanledger_start_of_day().';

-- The business day at an instant.
create function spanledger_day_of(zone text, at timestamptz) returns date
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  day date;
begin
  select (at at time zone 'UTC' + utc_offsets[width_bucket(at, starts_at)] * interval '1 second')::date into day
    from public.analytics_timezones where timezone = zone;
  if not found then
    day := at at time zone zone;
  end if;
  return day;
end
$$;

-- The first instant at which the local date is this day, or a later one if the timezone skipped the day.
create function spanledger_start_of_day(zone text, day date) returns timestamptz
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  known record;
  start timestamptz;
begin
  select starts_at, utc_offsets into known from public.analytics_timezones where timezone = zone;
  if not found then
    return day::timestamp at time zone zone;
  end if;
  select min(reached_at) into start
    from (
      select greatest(known.starts_at[i], day::timestamp at time zone 'UTC' - known.utc_offsets[i] * interval '1 second') as reached_at,
        known.starts_at[i + 1] as ends_at
      from generate_subscripts(known.starts_at, 1) as i
    ) as stretch
    where ends_at is null or reached_at < ends_at;
  return start;
end
$$;

-- The business days that a range touches, without a day that begins when the range ends.
--
-- Whoever asks for whole days has a timezone database, too: Grafana's is the browser's. So a range of a day or more whose
-- ends lie on a quarter of an hour, or a millisecond before one, ends where the nearest day begins, if that is at most an hour away.
create function spanledger_days_between(zone text, from_at timestamptz, to_at timestamptz, out first_day date, out last_day date)
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  quarter constant interval := '15 minutes';
  hour constant interval := '1 hour';
  epoch constant timestamptz := 'epoch';
  end_at timestamptz := date_bin(quarter, to_at + interval '1 millisecond', epoch);
  first_near date;
  last_near date;
begin
  first_day := public.spanledger_day_of(zone, from_at);
  last_day := public.spanledger_day_of(zone, to_at - interval '1 millisecond');
  if to_at - from_at < interval '22 hours' or date_bin(quarter, from_at, epoch) <> from_at
      or end_at < to_at or end_at > to_at + interval '1 millisecond' then
    return;
  end if;
  first_near := case when public.spanledger_start_of_day(zone, first_day + 1) - from_at <= hour then first_day + 1 else first_day end;
  last_near := public.spanledger_day_of(zone, end_at);
  if end_at - public.spanledger_start_of_day(zone, last_near) <= hour then
    last_near := last_near - 1;
  end if;
  if first_near <= last_near then
    first_day := first_near;
    last_day := last_near;
  end if;
end
$$;

-- As 0050 has it, by the receiver's days.
create or replace function spanledger_latest_retained_from(timezone text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  return public.spanledger_start_of_day(timezone,
    (date_trunc('month', public.spanledger_day_of(timezone, now())::timestamp) - interval '1 month')::date);
exception when invalid_parameter_value then
  return (date_trunc('month', (now() - interval '12 hours') at time zone 'UTC') - interval '1 month') at time zone 'UTC'
    - interval '14 hours';
end
$$;

-- What retention forgets goes by the same days: one line of the function differs.
do $$
declare
  definition text := pg_get_functiondef('public.spanledger_forget_old_rows(int)'::regprocedure);
  line constant text := 'first_day := (plan.bound at time zone plan.timezone)::date;';
begin
  if position(line in definition) = 0 then
    raise exception 'spanledger_forget_old_rows() has no line "%"', line;
  end if;
  execute replace(definition, line, 'first_day := public.spanledger_day_of(plan.timezone, plan.bound);');
end
$$;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_timezones;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_timezones();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_timezones to spanledger_receiver';
  end if;
  foreach role in array array['spanledger_reader', 'spanledger_tenant_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.analytics_timezones to %I', role);
  end loop;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_timezones() rename to spanledger_grant_rights;
do $$
declare
  definition text := pg_get_functiondef('public.spanledger_forget_old_rows(int)'::regprocedure);
begin
  execute replace(definition, 'first_day := public.spanledger_day_of(plan.timezone, plan.bound);',
    'first_day := (plan.bound at time zone plan.timezone)::date;');
end
$$;
create or replace function spanledger_latest_retained_from(timezone text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  return (date_trunc('month', now() at time zone timezone) - interval '1 month') at time zone timezone;
exception when invalid_parameter_value then
  return (date_trunc('month', (now() - interval '12 hours') at time zone 'UTC') - interval '1 month') at time zone 'UTC'
    - interval '14 hours';
end
$$;
drop function spanledger_days_between(text, timestamptz, timestamptz), spanledger_start_of_day(text, date),
  spanledger_day_of(text, timestamptz);
drop table analytics_timezones;
