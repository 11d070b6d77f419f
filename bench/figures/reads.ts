import { bucketColumns } from "../../collector-receiver/src/storage/counters/bucket-columns.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure, median } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const reads = 200;
const fewEvents = 50_000;

/**
 * Case study and summary of a month, as a client sees them, beside few and beside many events. The
 * counters of thirteen months (50 agents, 4 histograms of 160 buckets a day) are the same in both.
 */
export async function measureReads(bench: Bench, manyEvents: number): Promise<Figure[]> {
  const { database, receivers } = bench;
  const port = receivers[0]?.port as number;
  await database.reset();
  await seedCounters(bench);
  await seedEvents(bench, fewEvents);
  const few = await timeReads(port);
  await seedEvents(bench, manyEvents - fewEvents);
  const many = await timeReads(port);
  return (["case-study", "summary"] as const).flatMap((id) => {
    const ratios = many[id].map((ms, i) => ms / (few[id][i] as number));
    const count = manyEvents.toLocaleString("en");
    return [
      makeFigure(
        {
          id: `${id}-growth`,
          title: `${id} beside ${count} events against ${fewEvents.toLocaleString("en")}`,
          target: { goal: 1.2, atMost: true },
          unit: "ms",
        },
        [median(many[id]) / median(few[id])],
        many[id],
      ),
      makeFigure(
        {
          id: `${id}-time`,
          title: `${id} beside ${count} events, ms of an HTTP request`,
          target: { goal: 5, atMost: true },
          unit: "ms",
        },
        [median(many[id])],
        many[id],
      ),
    ].map((figure) => ({ ...figure, spread: ratios.length === 0 ? 0 : figure.spread }));
  });
}

/** Counters of thirteen months beside so many events. */
export async function seedReads(bench: Bench, events: number): Promise<void> {
  await bench.database.reset();
  await seedCounters(bench);
  await seedEvents(bench, events);
}

async function timeReads(port: number) {
  const month = new Date().toISOString().slice(0, 7);
  const times = { "case-study": [] as number[], summary: [] as number[] };
  for (let i = -20; i < reads; i++) {
    for (const id of ["case-study", "summary"] as const) {
      const from = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/api/analytics/${id}?month=${month}`);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${id} answered ${answer.status}`);
      // The first ones fill caches.
      if (i >= 0) times[id].push(performance.now() - from);
    }
  }
  return times;
}

async function seedEvents({ database }: Bench, events: number): Promise<void> {
  for (let month = 0; month < 12; month++) {
    await database.query(`select spanledger_ensure_partition((now() - interval '${month} month')::date)`);
  }
  await database.query(`
    insert into analytics_events (tenant_id, event_id, event_name, session_id, event_data, occurred_at, service_name)
    select 'default', gen_random_uuid(), 'session.message', 's-' || n / 10,
      '{"role": "ai", "session_id": "s", "message_length": 120, "response_time_ms": 1480}',
      now() - interval '1 minute' - n * (interval '300 days' / ${events}), 'ai-chatbot'
    from generate_series(1, ${events}) as n`);
  await database.query("analyze");
  await database.query("checkpoint");
}

async function seedCounters({ database }: Bench): Promise<void> {
  const days = "generate_series(now() - interval '390 days', now(), interval '1 day') as day";
  await database.query(`
    insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start, total_sessions,
      sessions_ended, ai_resolved_sessions, escalated_sessions, estimated_cost_saved, total_messages, responses_timed,
      total_response_time_ms, order_queries_success, order_queries_failed, sessions_handled, total_first_response_ms,
      tickets_created, tickets_closed, tickets_sla_met, total_resolution_hours)
    select 'default', type, value, min(day)::date, 400, 390, 340, 40, 3400, 3200, 1500, 2400000, 180, 20, 40, 1200000, 12, 11, 10, 40
    from ${days}, lateral (values ('day', to_char(day, 'YYYY-MM-DD')), ('week', to_char(day, 'IYYY-"W"IW')),
      ('month', to_char(day, 'YYYY-MM'))) as period (type, value)
    group by type, value`);
  await database.query(`
    insert into analytics_event_counts (tenant_id, day, event_name, events)
    select 'default', day::date, name, 100 from ${days},
      unnest(array['session.start', 'session.message', 'session.end', 'query.order', 'agent.login', 'ticket.created']) as name`);
  await database.query(`
    insert into analytics_agent_metrics (tenant_id, day, agent_id, agent_logins, sessions_handled)
    select 'default', day::date, agent, 1, 8 from ${days}, generate_series(1, 50) as agent`);
  await database.query(`
    insert into analytics_duration_counters (tenant_id, day, metric, first_bucket, ${bucketColumns.join(", ")})
    select 'default', day::date, metric, first_bucket, ${bucketColumns.map(() => 10).join(", ")} from ${days},
      unnest(array['response_time', 'order_query_time', 'first_response', 'handle_time']) as metric,
      generate_series(96, 224, ${bucketColumns.length}) as first_bucket`);
}
