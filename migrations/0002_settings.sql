-- Up Migration

-- What the numbers of a tenant depend on. Seeded from the environment at the first start; a
-- mismatch afterwards refuses to start.
create table analytics_settings (
  tenant_id text primary key,
  timezone text not null,
  currency varchar(3) not null,
  idle_timeout_seconds int not null check (idle_timeout_seconds > 0),
  -- Only the sweeper advances it, in the transaction that applies the changes.
  idle_through timestamptz not null,
  -- Start of a business month: rows before it are gone by retention.
  retained_from timestamptz,
  created_at timestamptz not null default now()
);

-- What a session handled by a human costs, from a business day on.
create table analytics_costs (
  tenant_id text not null,
  valid_from date not null,
  cost_per_manual_session numeric not null check (cost_per_manual_session >= 0),
  created_at timestamptz not null default now(),
  primary key (tenant_id, valid_from)
);

-- Down Migration
drop table analytics_costs, analytics_settings;
