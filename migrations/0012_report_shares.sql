-- Up Migration

-- Frozen copies of reports behind links that cannot be guessed. The token itself is nowhere: only its
-- SHA-256, so that whoever reads this table cannot open a copy by its link.
create table analytics_report_shares (
  tenant_id text not null,
  token_hash bytea not null check (length(token_hash) = 32),
  month varchar(7) not null,
  page_zh text not null,
  page_en text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, token_hash)
);
-- A link names no tenant.
create index analytics_report_shares_token on analytics_report_shares (token_hash);
comment on table analytics_report_shares is 'What spanledger share froze; the pages are shown as they were.';

do $$
begin
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_report_shares to spanledger_receiver';
  end if;
end
$$;

-- Down Migration
drop table analytics_report_shares;
