-- Up Migration

-- The first answer of the AI in a session, and how many sessions of a period it was involved in.
alter table analytics_sessions
  add column first_answer_at timestamptz,
  add column prev_first_answer_at timestamptz;
alter table analytics_business_metrics add column ai_involved_sessions bigint not null default 0;

-- Ticket facts: backlog and reopening are functions of them. Every fact merges by min or max, so that the order of
-- events does not matter; only batches with ticket events write here.
create table analytics_tickets (
  tenant_id text not null,
  ticket_id int not null,
  first_seen_at timestamptz not null,
  created_at timestamptz,
  first_assigned_at timestamptz,
  first_closed_at timestamptz,
  last_closed_at timestamptz,
  first_reopened_at timestamptz,
  last_reopened_at timestamptz,
  primary key (tenant_id, ticket_id)
) with (fillfactor = 60);
comment on table analytics_tickets is 'What is known of each ticket; created_at is null where its creation was never recorded.';

-- One row for each login, logout and change of status: what an agent's state is from then on.
create table analytics_agent_states (
  tenant_id text not null,
  agent_id int not null,
  changed_at timestamptz not null,
  event_id uuid not null,
  state varchar(10) not null check (state in ('online', 'away', 'busy', 'offline')),
  primary key (tenant_id, agent_id, changed_at, event_id)
);

-- Signs of life: the first and the last event of an agent in each half hour. An agent without one for the
-- heartbeat of the tenant counts as logged out; half an hour is the shortest heartbeat, so that no gap hides here.
create table analytics_agent_activity (
  tenant_id text not null,
  agent_id int not null,
  half_hour timestamptz not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (tenant_id, agent_id, half_hour)
) with (fillfactor = 60);

do $$
declare
  object text;
begin
  foreach object in array array['analytics_tickets', 'analytics_agent_states', 'analytics_agent_activity']
  loop
    if to_regrole('spanledger_receiver') is not null then
      execute format('grant select, insert, update on public.%I to spanledger_receiver', object);
    end if;
    if to_regrole('spanledger_reader') is not null then
      execute format('grant select on public.%I to spanledger_reader', object);
    end if;
  end loop;
  if to_regrole('spanledger_reader') is not null then
    grant select (first_answer_at) on analytics_sessions to spanledger_reader;
  end if;
end
$$;

-- Down Migration
drop table analytics_agent_activity, analytics_agent_states, analytics_tickets;
alter table analytics_business_metrics drop column ai_involved_sessions;
alter table analytics_sessions drop column first_answer_at, drop column prev_first_answer_at;
