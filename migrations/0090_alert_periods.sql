-- Up Migration

-- Receivers of the release before go on: they know no alerts.
update spanledger_schema set oldest_receiver = 51;

-- Budgets are judged by month, silence by the time of the last event.
alter table analytics_alerts alter column judged_through type text;
comment on column analytics_alerts.judged_through is 'The last period that was judged for good: a business day, a month, or the time of an event.';

-- Down Migration
comment on column analytics_alerts.judged_through is null;
alter table analytics_alerts alter column judged_through type date using null;
