-- Up Migration

-- Receivers of the release before go on: they do not read the columns.
update spanledger_schema set oldest_receiver = 51;

-- What a tenant is called on its reports, and its logo there, as an address that needs no request.
alter table analytics_settings add column display_name text check (length(display_name) between 1 and 80);
alter table analytics_settings add column logo text check (logo like 'data:image/%' and length(logo) <= 24000);

-- Down Migration
alter table analytics_settings drop column logo;
alter table analytics_settings drop column display_name;
