-- Up Migration

-- Receivers of the release before go on: they do not call the function.
update spanledger_schema set oldest_receiver = 51;

-- The same answer for 0.6 of the time, without a text and without a numeric: `verify` asks for every row.
create or replace function spanledger_needs_claim(event_id uuid, occurred_at timestamptz) returns boolean
language sql immutable parallel safe as $$
  select case get_byte(uuid_send(event_id), 6) >> 4
    when 7 then get_byte(uuid_send(event_id), 8) >> 6 <> 2
      or substr(uuid_send(event_id), 1, 6)
        <> substr(int8send(round(date_part('epoch', occurred_at - timestamptz 'epoch') * 1000)::bigint), 3)
    else get_byte(uuid_send(event_id), 6) >> 4 <> 5
  end
$$;

-- Down Migration
create or replace function spanledger_needs_claim(event_id uuid, occurred_at timestamptz) returns boolean
language sql immutable parallel safe as $$
  select case get_byte(uuid_send(event_id), 6) >> 4
    when 7 then get_byte(uuid_send(event_id), 8) >> 6 <> 2
      or ('x' || translate(left(event_id::text, 13), '-', ''))::bit(48)::bigint <> extract(epoch from occurred_at - timestamptz 'epoch') * 1000
    else get_byte(uuid_send(event_id), 6) >> 4 <> 5
  end
$$;
