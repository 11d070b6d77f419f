-- Up Migration

-- Only receivers of 0.1.0 take the lock of the database alone, and they had to end before 0.2.0 migrated this database
-- (docs/upgrading.md). So work on one tenant no longer holds back the batches of all: migration 0056 says how.
-- Receivers of 0.2.0 go on.
update spanledger_schema set oldest_receiver = 51;

-- No batch or slice is under way while the rule changes.
select pg_advisory_xact_lock(4518206130513062862);
update spanledger_schema set locks_by_tenant = true;

-- Down Migration
select pg_advisory_xact_lock(4518206130513062862);
update spanledger_schema set locks_by_tenant = not exists (select from analytics_settings);
