-- Up Migration

-- As in analytics_sessions: the value before the last change, so that one statement knows by how much the
-- number of customers with at least one session moves, and no batch waits for the answer in between.
alter table analytics_customers add column prev_sessions int not null default 0;

-- Down Migration
alter table analytics_customers drop column prev_sessions;
