-- Up Migration

-- A shared copy as files: PDF, CSV, JSON and the pictures of its charts, frozen as its pages are. Gone when the
-- copy is revoked.
create table analytics_report_share_files (
  tenant_id text not null,
  token_hash bytea not null check (length(token_hash) = 32),
  locale varchar(5) not null,
  name varchar(60) not null,
  content bytea not null,
  primary key (tenant_id, token_hash, locale, name)
);
comment on table analytics_report_share_files is 'The files of what spanledger share froze.';

do $$
begin
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, delete on public.analytics_report_share_files to spanledger_receiver';
  end if;
end
$$;

-- Down Migration
drop table analytics_report_share_files;
