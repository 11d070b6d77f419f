-- Up Migration

-- Receivers of the release before go on. What they store after this migration is claimed by `spanledger rebuild`.
update spanledger_schema set oldest_receiver = 51;

-- Claims the ids of the rows that are stored, partition by partition. A migration of its own, because it takes as long as reading
-- all rows, and holds no lock that a receiver waits for. Where an id has several rows, the first one written has the claim.
do $$
declare
  partition regclass;
begin
  for partition in
    select inhrelid::regclass from pg_inherits where inhparent = 'analytics_events'::regclass order by inhrelid::regclass::text
  loop
    execute format('
      insert into analytics_event_ids (tenant_id, event_id, occurred_at)
      select tenant_id, event_id, occurred_at from %s where spanledger_needs_claim(event_id, occurred_at)
      order by created_at, id on conflict do nothing', partition);
  end loop;
end
$$;

-- Off-time ids of version 7 that are stored.
update analytics_settings s set v7_claims = true
where exists (
  select from analytics_event_ids e
  where e.tenant_id = s.tenant_id and get_byte(uuid_send(e.event_id), 6) >> 4 = 7);

-- Down Migration
-- The claims go with their table.
