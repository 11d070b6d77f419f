-- Up Migration

-- Distinct customers of a day, an ISO week and a month from one row per customer and month, instead of
-- a row for each of the three: a session of a customer costs one look into an index, not three.
--
-- `days` holds a bit for each day with at least one session of the customer, `repeats` how many more sessions
-- each of these days has (null: none). Bit 3 is the 1st of the month. A week belongs to the month of its
-- Thursday, so that bits 0 to 2 are the last three days of the month before and bits 31 to 36 may be days
-- of the month after: they count for the week alone, and such a day stands in two rows.
-- `prev_days` is `days` before the last change: one statement knows by how much each number of customers moves.
alter table analytics_customers rename to analytics_customers_by_period;
alter index analytics_customers_pkey rename to analytics_customers_by_period_pkey;

create table analytics_customers (
  tenant_id text not null,
  month date not null,
  user_id text collate "C" not null,
  days bigint not null,
  prev_days bigint not null default 0,
  repeats int[],
  primary key (tenant_id, month, user_id)
) with (fillfactor = 80);

insert into analytics_customers (tenant_id, month, user_id, days, repeats)
select tenant_id, month, user_id,
  coalesce(bit_or(1::bigint << slot) filter (where sessions > 0), 0),
  (select case when bool_or(coalesce(repeat, 0) <> 0) then array_agg(coalesce(repeat, 0) order by bit) end
    from generate_series(0, 36) as bit
    left join unnest(array_agg(slot), array_agg(sessions - (sessions > 0)::int)) as known (at, repeat) on at = bit)
from (
  select tenant_id, user_id, month, day - month + 3 as slot, sessions
  from analytics_customers_by_period
  cross join lateral (select period_value::date as day) as stored
  cross join lateral (
    select date_trunc('month', day::timestamp)::date
    union select date_trunc('month', date_trunc('week', day::timestamp) + interval '3 days')::date) as counted (month)
  where period_type = 'day' and sessions <> 0) as of_day
group by tenant_id, month, user_id;

drop table analytics_customers_by_period;
select spanledger_grant_rights();

-- Down Migration
alter table analytics_customers rename to analytics_customers_by_month;
alter index analytics_customers_pkey rename to analytics_customers_by_month_pkey;

create table analytics_customers (
  tenant_id text not null,
  period_type varchar(10) not null,
  period_value varchar(10) not null,
  user_id text collate "C" not null,
  sessions int not null,
  prev_sessions int not null default 0,
  primary key (tenant_id, period_type, period_value, user_id)
) with (fillfactor = 70);

insert into analytics_customers (tenant_id, period_type, period_value, user_id, sessions)
select tenant_id, period_type, period_value, user_id, sum(sessions)
from (
  select tenant_id, user_id, month + slot - 3 as day,
    ((days >> slot) & 1)::int + coalesce(repeats[slot + 1], 0) as sessions
  from analytics_customers_by_month, generate_series(0, 36) as slot
  where date_trunc('month', (month + slot - 3)::timestamp) = month) as of_day
cross join lateral (values ('day', day::text), ('week', to_char(day, 'IYYY-"W"IW')), ('month', to_char(day, 'YYYY-MM')))
  as period (period_type, period_value)
where sessions <> 0
group by tenant_id, period_type, period_value, user_id;

drop table analytics_customers_by_month;
select spanledger_grant_rights();
