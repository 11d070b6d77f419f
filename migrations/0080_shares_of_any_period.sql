-- Up Migration

-- Receivers of the release before go on: they show any text.
update spanledger_schema set oldest_receiver = 51;

-- A shared copy may be of any period: `2025-W52`, `2025-12-01_2025-12-10`.
alter table analytics_report_shares alter column month type text;
comment on column analytics_report_shares.month is 'The period: 2025-12, 2025-W52, 2025-Q4, 2025, or its first and last day joined by an underscore.';

-- Down Migration
comment on column analytics_report_shares.month is null;
update analytics_report_shares set month = left(month, 7);
alter table analytics_report_shares alter column month type varchar(7);
