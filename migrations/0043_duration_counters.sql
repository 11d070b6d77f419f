-- Up Migration

-- Histograms of durations with 32 neighbouring buckets in a row: a batch's durations lie close to each other, so that
-- it changes some twenty rows instead of three hundred. The buckets of a row are `first_bucket` (c00) to
-- `first_bucket` + 31 (c31). They are read one by one as before: `analytics_duration_histograms` is a view now.
create table analytics_duration_counters (
  tenant_id text not null,
  day date not null,
  metric varchar(50) collate "C" not null,
  first_bucket int not null,
  c00 bigint not null default 0, c01 bigint not null default 0, c02 bigint not null default 0, c03 bigint not null default 0,
  c04 bigint not null default 0, c05 bigint not null default 0, c06 bigint not null default 0, c07 bigint not null default 0,
  c08 bigint not null default 0, c09 bigint not null default 0, c10 bigint not null default 0, c11 bigint not null default 0,
  c12 bigint not null default 0, c13 bigint not null default 0, c14 bigint not null default 0, c15 bigint not null default 0,
  c16 bigint not null default 0, c17 bigint not null default 0, c18 bigint not null default 0, c19 bigint not null default 0,
  c20 bigint not null default 0, c21 bigint not null default 0, c22 bigint not null default 0, c23 bigint not null default 0,
  c24 bigint not null default 0, c25 bigint not null default 0, c26 bigint not null default 0, c27 bigint not null default 0,
  c28 bigint not null default 0, c29 bigint not null default 0, c30 bigint not null default 0, c31 bigint not null default 0,
  primary key (tenant_id, day, metric, first_bucket)
) with (fillfactor = 50);
comment on table analytics_duration_counters is 'Histograms of durations, 32 buckets in a row; read them as analytics_duration_histograms.';

insert into analytics_duration_counters (tenant_id, day, metric, first_bucket,
  c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15,
  c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31)
select tenant_id, day, metric, bucket / 32 * 32,
  coalesce(sum(count) filter (where bucket % 32 = 0), 0), coalesce(sum(count) filter (where bucket % 32 = 1), 0),
  coalesce(sum(count) filter (where bucket % 32 = 2), 0), coalesce(sum(count) filter (where bucket % 32 = 3), 0),
  coalesce(sum(count) filter (where bucket % 32 = 4), 0), coalesce(sum(count) filter (where bucket % 32 = 5), 0),
  coalesce(sum(count) filter (where bucket % 32 = 6), 0), coalesce(sum(count) filter (where bucket % 32 = 7), 0),
  coalesce(sum(count) filter (where bucket % 32 = 8), 0), coalesce(sum(count) filter (where bucket % 32 = 9), 0),
  coalesce(sum(count) filter (where bucket % 32 = 10), 0), coalesce(sum(count) filter (where bucket % 32 = 11), 0),
  coalesce(sum(count) filter (where bucket % 32 = 12), 0), coalesce(sum(count) filter (where bucket % 32 = 13), 0),
  coalesce(sum(count) filter (where bucket % 32 = 14), 0), coalesce(sum(count) filter (where bucket % 32 = 15), 0),
  coalesce(sum(count) filter (where bucket % 32 = 16), 0), coalesce(sum(count) filter (where bucket % 32 = 17), 0),
  coalesce(sum(count) filter (where bucket % 32 = 18), 0), coalesce(sum(count) filter (where bucket % 32 = 19), 0),
  coalesce(sum(count) filter (where bucket % 32 = 20), 0), coalesce(sum(count) filter (where bucket % 32 = 21), 0),
  coalesce(sum(count) filter (where bucket % 32 = 22), 0), coalesce(sum(count) filter (where bucket % 32 = 23), 0),
  coalesce(sum(count) filter (where bucket % 32 = 24), 0), coalesce(sum(count) filter (where bucket % 32 = 25), 0),
  coalesce(sum(count) filter (where bucket % 32 = 26), 0), coalesce(sum(count) filter (where bucket % 32 = 27), 0),
  coalesce(sum(count) filter (where bucket % 32 = 28), 0), coalesce(sum(count) filter (where bucket % 32 = 29), 0),
  coalesce(sum(count) filter (where bucket % 32 = 30), 0), coalesce(sum(count) filter (where bucket % 32 = 31), 0)
from analytics_duration_histograms
group by tenant_id, day, metric, bucket / 32;

drop view analytics_duration_histograms_by_period;
drop table analytics_duration_histograms;

-- One row per bucket that is not 0. A lateral function, not one among the columns: so a condition on tenant, day and
-- metric, also one that comes from a join, reaches the key of the table.
create view analytics_duration_histograms as
select tenant_id, day, metric, first_bucket + place::int - 1 as bucket, count
from analytics_duration_counters
cross join lateral unnest(array[
  c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15,
  c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31
]) with ordinality as bucket (count, place)
where count <> 0;
comment on view analytics_duration_histograms is 'Mergeable log buckets of durations in ms: p50, p90 and p99 of any range, each at most 2 % off.';

create view analytics_duration_histograms_by_period as
select tenant_id, period_type, period_value, period_start, metric, bucket, sum(count)::bigint as count
from analytics_duration_histograms
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, metric, bucket;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_durations;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_durations();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_duration_counters to spanledger_receiver';
    -- Given above, when it was a table.
    execute 'revoke insert, update on public.analytics_duration_histograms from spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_duration_counters to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_durations() rename to spanledger_grant_rights;

create table analytics_duration_histograms_by_bucket (
  tenant_id text not null,
  day date not null,
  metric varchar(50) not null,
  bucket int not null,
  count bigint not null default 0,
  constraint analytics_duration_histograms_pkey primary key (tenant_id, day, metric, bucket)
) with (fillfactor = 50);
insert into analytics_duration_histograms_by_bucket select * from analytics_duration_histograms;

drop view analytics_duration_histograms_by_period;
drop view analytics_duration_histograms;
drop table analytics_duration_counters;
alter table analytics_duration_histograms_by_bucket rename to analytics_duration_histograms;

create view analytics_duration_histograms_by_period as
select tenant_id, period_type, period_value, period_start, metric, bucket, sum(count)::bigint as count
from analytics_duration_histograms
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, metric, bucket;

select spanledger_grant_rights();
