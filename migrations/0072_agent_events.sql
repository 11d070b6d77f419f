-- Up Migration

-- Every event of an agent, of which a state is one kind: what presence and holds of sessions are derived from. A rebuild that
-- moves a tenant to counting rules 2 fills it. Receivers of 0.2.0 go on: they write states alone, and half hours of activity,
-- which newer ones no longer need.
update spanledger_schema set oldest_receiver = 51;

alter table analytics_agent_states
  alter column state drop not null,
  add column kind varchar(10),
  add column session_id varchar(64),
  add column login_id text;

-- Changes of state among all the other events: the one before a day may lie far back.
create index analytics_agent_states_changes on analytics_agent_states (tenant_id, agent_id, changed_at, event_id)
  where state is not null;

-- Down Migration
drop index analytics_agent_states_changes;
delete from analytics_agent_states where state is null;
alter table analytics_agent_states
  alter column state set not null, drop column kind, drop column session_id, drop column login_id;
