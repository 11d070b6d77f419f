/**
 * When agents were there, and at work, as SQL: for the API and for others who ask PostgreSQL for the same numbers. All of it
 * is sets of instants (multiranges), so that no time counts twice and occupancy cannot exceed 100 %.
 */

interface PresenceSource {
  /** SQL of the tenant, of the heartbeat in whole seconds, and of the ranges (place, from_at, to_at). */
  readonly tenant: string;
  readonly heartbeatSeconds: string;
  readonly ranges: string;
}

/** A logout and a login that lie closer together are a page that was loaded anew. */
const reload = "interval '1 second'";
/** Nobody holds a session for longer without doing anything in it. */
const longestHold = "interval '12 hours'";
/** An end that comes later than this is another matter's. */
const longestLook = "interval '24 hours'";
/** Logins that tell devices apart are looked for so far back. */
const longestLogin = "interval '31 days'";

/**
 * Common table expressions that end with `stayed` (place, agent_id, state, ms).
 *
 * - A logout without `login_id` counts unless the agent works on within the heartbeat, before the next login. A logout beside
 *   a login is a reload: neither counts if the agent goes on within the heartbeat; else the login does not.
 * - Each device has a timeline of states (one for all events without `login_id`); busy wins over online, online over away.
 * - The agent is there in such a state for the heartbeat after each event. A ticket's event says so only between a login and
 *   a logout that counts within a day: jobs close tickets at night.
 * - What was sealed before counting rules 2 has rows of states alone, which all count, and half hours of activity.
 * - A takeover holds its session until the agent releases or transfers it, another agent takes it over, or it ends; without
 *   any of these, until the agent's last event in it. A logout that counts ends it.
 */
export function presenceTables({ tenant, heartbeatSeconds, ranges }: PresenceSource): string {
  return `wanted as (
  ${ranges}
), stayed as (
  select wanted.place, timed.agent_id, timed.state, timed.ms
  from wanted cross join lateral (
    with ${presenceIn(tenant, heartbeatSeconds)}
    select agent_id, state,
      (select sum(extract(epoch from upper(part) - lower(part)) * 1000)::bigint
        from unnest(during * tstzmultirange(tstzrange(wanted.from_at, wanted.to_at))) as part) as ms
    from agent_time
  ) as timed
  where timed.ms > 0
)`;
}

const workKinds = "'status', 'takeover', 'message', 'release', 'transfer'";

type Own = (alias: string, of: string) => string;

/** Within one range, called `wanted`: ends with `agent_time` (agent_id, state, during). */
function presenceIn(tenant: string, heartbeatSeconds: string): string {
  const own: Own = (alias, of) =>
    `analytics_agent_states ${alias} where ${alias}.tenant_id = ${tenant} and ${alias}.agent_id = ${of}.agent_id`;
  return [
    eventTables(tenant, heartbeatSeconds),
    logoutTables(own),
    stateTables,
    aliveTables(tenant, own),
    holdTables(tenant),
    presenceTable,
  ].join(", ");
}

/** `event`: what agents did in the range and around it. */
function eventTables(tenant: string, heartbeatSeconds: string): string {
  return `recursive heart as materialized (
  select ${heartbeatSeconds} * interval '1 second' as beat,
    greatest(${heartbeatSeconds} * interval '1 second', ${longestLook}) + ${reload} as reach
), agent as (
  (select agent_id from analytics_agent_states where tenant_id = ${tenant} order by agent_id limit 1)
  union all
  select (select s.agent_id from analytics_agent_states s
    where s.tenant_id = ${tenant} and s.agent_id > agent.agent_id order by s.agent_id limit 1)
  from agent where agent.agent_id is not null
), event as materialized (
  select s.agent_id, s.changed_at as at, s.event_id, s.state, s.session_id, coalesce(s.login_id, '') as login_id,
    coalesce(s.kind, 'status') as kind
  from agent, heart, analytics_agent_states s
  where agent.agent_id is not null and s.tenant_id = ${tenant} and s.agent_id = agent.agent_id
    and s.changed_at >= wanted.from_at - heart.reach and s.changed_at < wanted.to_at + heart.reach
)`;
}

/** Of a logout: the logins beside it (login_from, login_to). `at` is SQL of its time. */
function besideLogout(own: Own, alias: string, at: string): string {
  return `select min(i.changed_at) as login_from, greatest(${at}, max(i.changed_at)) as login_to
      from ${own("i", alias)} and i.kind = 'login' and i.changed_at between ${at} - ${reload} and ${at} + ${reload}`;
}

/** Whether a logout counts; its logins are called `beside`. */
function countsAsLogout(own: Own, alias: string, at: string): string {
  return `case when beside.login_from is null
      then not exists (select from ${own("w", alias)}
        and w.kind in (${workKinds}) and w.changed_at > ${at} and w.changed_at < ${at} + heart.beat
        and not exists (select from ${own("i", alias)}
          and i.kind = 'login' and i.changed_at > ${at} and i.changed_at <= w.changed_at))
      else coalesce((select w.kind = 'login' from ${own("w", alias)}
        and w.kind <> 'ticket' and w.changed_at > beside.login_to and w.changed_at < beside.login_to + heart.beat
        order by w.changed_at, w.kind = 'login', w.event_id limit 1), true)
    end`;
}

/** Whether a row of `analytics_agent_states` is a login or a logout that does not count. */
function isVoid(own: Own, alias: string): string {
  const counts = (logout: string): string =>
    `(select ${countsAsLogout(own, logout, `${logout}.changed_at`)}
      from (${besideLogout(own, logout, `${logout}.changed_at`)}) as beside)`;
  return `case ${alias}.kind
      when 'logout' then ${alias}.login_id is null and not ${counts(alias)}
      when 'login' then exists (select from ${own("o", alias)} and o.kind = 'logout'
        and o.changed_at between ${alias}.changed_at - ${reload} and ${alias}.changed_at + ${reload} and ${counts("o")})
      else false
    end`;
}

/**
 * `logout` with whether it counts, `void` events, `carried`: the states in which the range finds the agents, and `left_all`:
 * the last logout of all devices before it.
 */
function logoutTables(own: Own): string {
  return `logout as materialized (
  select o.agent_id, o.at, o.event_id, o.login_id, beside.*, beside.login_from is not null as is_reload,
    ${countsAsLogout(own, "o", "o.at")} as counts
  from event o cross join heart cross join lateral (${besideLogout(own, "o", "o.at")}) as beside
  where o.kind = 'logout'
), void as (
  select agent_id, at, event_id from logout where not counts and login_id = ''
  union all
  select i.agent_id, i.at, i.event_id from event i join logout o
    on o.agent_id = i.agent_id and o.is_reload and o.counts and i.kind = 'login' and i.at between o.login_from and o.login_to
), carried as (
  select agent.agent_id, earlier.*
  from agent cross join heart cross join lateral (
    (select s.changed_at as at, s.event_id, s.state, '' as login_id
      from ${own("s", "agent")} and s.state is not null and s.login_id is null
        and s.changed_at < wanted.from_at - heart.reach and not ${isVoid(own, "s")}
      order by s.changed_at desc, s.event_id desc limit 1)
    union all
    (select distinct on (s.login_id) s.changed_at, s.event_id, s.state, s.login_id
      from ${own("s", "agent")} and s.state is not null and s.login_id is not null
        and s.changed_at < wanted.from_at - heart.reach and s.changed_at >= wanted.from_at - heart.reach - ${longestLogin}
        and not ${isVoid(own, "s")}
      order by s.login_id, s.changed_at desc, s.event_id desc)
  ) as earlier
), left_all as (
  select device.agent_id, device.login_id, last.at, last.event_id
  from (select agent_id, login_id from carried where login_id <> '') as device cross join heart cross join lateral (
    select s.changed_at as at, s.event_id
    from ${own("s", "device")} and s.kind = 'logout' and s.login_id is null
      and s.changed_at < wanted.from_at - heart.reach and not ${isVoid(own, "s")}
    order by s.changed_at desc, s.event_id desc limit 1
  ) as last
)`;
}

/** `declared`: when agents said to be busy, online or away. */
const stateTables = `stated as (
  select agent_id, at, event_id, state, login_id from carried
  union all
  select agent_id, at, event_id, state, login_id from event
  where state is not null and (agent_id, at, event_id) not in (select agent_id, at, event_id from void)
  union all
  select o.agent_id, o.at, o.event_id, 'offline', device.login_id
  from logout o join (
    select agent_id, login_id from event where login_id <> '' union select agent_id, login_id from carried where login_id <> ''
  ) as device using (agent_id)
  where o.counts and o.login_id = ''
  union all
  select agent_id, at, event_id, 'offline', login_id from left_all
), segment as (
  select agent_id, state,
    tstzrange(at, lead(at, 1, 'infinity') over (partition by agent_id, login_id order by at, event_id)) as during
  from stated
), declared as materialized (
  select agent_id,
    coalesce(range_agg(during) filter (where state = 'busy'), '{}') as busy,
    coalesce(range_agg(during) filter (where state = 'online'), '{}') as online,
    coalesce(range_agg(during) filter (where state = 'away'), '{}') as away
  from segment where not isempty(during) group by agent_id
)`;

/** `alive`: a heartbeat from each sign of life on. */
function aliveTables(tenant: string, own: Own): string {
  return `ticket as (
  select e.agent_id, e.at from event e where e.kind = 'ticket' and (
    select n.kind <> 'login' from ${own("n", "e")}
      and n.changed_at >= e.at and n.changed_at <= e.at + ${longestLook} and (n.kind = 'login' or n.state = 'offline')
      and (n.agent_id, n.changed_at, n.event_id) not in (select agent_id, at, event_id from void)
    order by n.changed_at, n.event_id limit 1)
), sign as (
  select agent_id, at as first_at, at as last_at from event
  where kind <> 'ticket'
    and not (kind = 'login' and (agent_id, at, event_id) in (select agent_id, at, event_id from void))
  union all
  select agent_id, at, at from ticket
  union all
  select a.agent_id, a.first_at, a.last_at from analytics_agent_activity a join analytics_settings using (tenant_id), heart
  where a.tenant_id = ${tenant} and a.last_at < retained_from
    and a.half_hour >= wanted.from_at - heart.reach - interval '30 minutes' and a.half_hour < wanted.to_at
), alive as materialized (
  select agent_id, range_agg(tstzrange(first_at, last_at + heart.beat)) as during from sign cross join heart group by agent_id
)`;
}

/**
 * `held`: when agents held sessions. Materialized, because PostgreSQL expects one row of it and would judge all holds anew for each
 * agent (44 s instead of 0.3 with 230 agents). The logout that ends a hold is found by a window: a look-up in `logout` for each takeover is
 * quadratic (PostgreSQL has no index for it).
 */
function holdTables(tenant: string): string {
  return `taken as materialized (
  select agent_id, at, event_id, session_id, left_at
  from (
    select agent_id, at, event_id, session_id, is_takeover, min(at) filter (where not is_takeover) over (
      partition by agent_id order by at desc groups between unbounded preceding and 1 preceding) as left_at
    from (
      select agent_id, at, event_id, session_id, true as is_takeover from event where kind = 'takeover'
      union all
      select agent_id, at, event_id, null, false from logout where counts
    ) as mixed
  ) as followed
  where is_takeover
), takeover as materialized (
  select t.agent_id, t.at, least(
      coalesce(
        least(
          min(e.at) filter (where e.agent_id = t.agent_id and e.kind in ('release', 'transfer')
            or e.agent_id <> t.agent_id and e.kind = 'takeover'),
          (select s.first_end_at from analytics_sessions s
            where s.tenant_id = ${tenant} and s.session_id = t.session_id and s.first_end_at > t.at)),
        max(e.at) filter (where e.agent_id = t.agent_id),
        t.at),
      t.left_at,
      t.at + ${longestHold}) as end_at
  from taken t left join event e on e.session_id = t.session_id and e.at > t.at and e.at <= t.at + ${longestLook}
  group by t.agent_id, t.session_id, t.at, t.event_id, t.left_at
), held as materialized (
  select agent_id, range_agg(tstzrange(at, end_at)) as during from takeover where end_at > at group by agent_id
)`;
}

const presenceTable = `presence as (
  select agent_id, coalesce(held.during, '{}') as held, coalesce(busy, '{}') as busy, coalesce(online, '{}') as online,
    coalesce(away, '{}') as away,
    (coalesce(busy, '{}') + coalesce(online, '{}') + coalesce(away, '{}')) * coalesce(alive.during, '{}')
      + coalesce(held.during, '{}') as present
  from (select distinct agent_id from event) as known
    left join declared using (agent_id) left join alive using (agent_id) left join held using (agent_id)
), agent_time as (
  select agent_id, state, during from presence cross join lateral (values
    ('busy', busy * present),
    ('online', present - busy - (away - online)),
    ('away', present * (away - busy - online)),
    ('occupied', (held + busy) * present)
  ) as part (state, during)
)`;
