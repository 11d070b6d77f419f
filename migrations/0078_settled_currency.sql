-- Up Migration

-- Receivers of the release before go on: they do not remember what a settled month said.
update spanledger_schema set oldest_receiver = 51;

-- In which currency a settled month was told: the tenant's may be another one since. Null: in the one that it has now.
alter table analytics_settled_months add column currency text;

-- Down Migration
alter table analytics_settled_months drop column currency;
