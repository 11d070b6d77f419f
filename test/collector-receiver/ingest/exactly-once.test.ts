import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";
import { segmentsFromScratch, storedSegments, storedValues, valuesFromScratch } from "./segments-from-scratch.ts";
import { aiTokensFromScratch, storedAiTokens } from "./ai-tokens-from-scratch.ts";
import { arbitraryDeliveries, arbitraryEvents, requestOf } from "./arbitrary-events.ts";
import { countedEvents, countFromScratch, firstTakeovers } from "./count-from-scratch.ts";
import { detailsFromScratch, eventsFromScratch, storedDetails, storedEvents } from "./details-from-scratch.ts";
import { hoursFromScratch, storedHours } from "./hours-from-scratch.ts";
import { ticketsFromScratch } from "./tickets-from-scratch.ts";
import { operationsFromScratch, storedOperations } from "./operations-from-scratch.ts";
import { qualityFromScratch, storedQuality } from "./quality-from-scratch.ts";
import { countOwnFromScratch, ownDefinitions, storedOwnNumbers } from "./count-own-from-scratch.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const tenants = ["default", "brand-b"];
const hour = 3_600_000;

/** Instants around which midnights, month ends, year ends and clock changes lie. */
const worlds = [
  { timezone: "Asia/Shanghai", around: Date.UTC(2025, 10, 30, 16), name: "a month end in Shanghai" },
  { timezone: "Asia/Shanghai", around: Date.UTC(2025, 11, 31, 16), name: "the year end in Shanghai" },
  { timezone: "America/New_York", around: Date.UTC(2025, 10, 2, 5), name: "the end of summer time in New York" },
  { timezone: "Europe/Berlin", around: Date.UTC(2025, 2, 30, 1), name: "the start of summer time in Berlin" },
  { timezone: "Asia/Kathmandu", around: Date.UTC(2025, 11, 31, 18, 15), name: "the year end in Kathmandu" },
];

describe.each(worlds)("at $name", ({ timezone, around }) => {
  let database: TestDatabase;
  let receivers: GroupCommit[];
  const alarms: unknown[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    receivers = [1, 2].map(() =>
      openTestIngest(database.connectionString, {
        tenantDefaults: { timezone, currency: "CNY", idleTimeoutSeconds: 6 * 3600, costPerManualSession: "10.5" },
        batchMaxEvents: 25,
        onAlarm: (code, message, error) => alarms.push({ code, message, error }),
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await database.drop();
  });

  test("any delivery to two receivers gives the rows and counters of a from-scratch computation", async () => {
    const scenario = arbitraryEvents(around, 40 * hour).chain((events) =>
      fc.record({
        events: fc.constant(events),
        deliveries: arbitraryDeliveries(events.length, 2),
        sweepHours: fc.integer({ min: -30, max: 60 }),
        laterHours: fc.integer({ min: 0, max: 20 }),
        sweepAfter: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(scenario, async ({ events, deliveries, sweepHours, laterHours, sweepAfter }) => {
        await emptyDatabase(around - 30 * hour);
        const watermark = around + sweepHours * hour;
        const cut = Math.floor(deliveries.length * sweepAfter);
        const send = (part: typeof deliveries) =>
          Promise.all(
            part.map(({ receiver, events: indexes }) =>
              (receivers[receiver] as GroupCommit).submit(
                requestOf(indexes.map((i) => events[i] as BusinessEvent)),
                1000,
              ),
            ),
          );
        const answers = await send(deliveries.slice(0, cut));
        await sweep(watermark);
        answers.push(...(await send(deliveries.slice(cut))));
        await sweep(watermark + laterHours * hour);

        expect(answers.reduce((sum, answer) => sum + answer.inserted, 0)).toBe(events.length);
        expect(alarms).toEqual([]);
        expect(await storedEvents(database.pool)).toEqual(eventsFromScratch(events));
        const rules = { timezone, idleThroughMs: Math.max(watermark + laterHours * hour, around - 30 * hour) };
        expect(await storedRows()).toEqual(scratchRows(events, rules));
        expect(await storedSegments(database.pool)).toEqual(
          segmentsFromScratch(events, { ...rules, idleTimeoutMs: 6 * hour, cost: 10.5 }),
        );
        expect(await storedValues(database.pool)).toEqual(valuesFromScratch(events, timezone));
        expect(await storedDetails(database.pool)).toEqual(detailsFromScratch(events, timezone));
        expect(await storedOperations(database.pool)).toEqual(operationsFromScratch(events));
        expect(await storedQuality(database.pool)).toEqual(qualityFromScratch(events, timezone));
        expect(await storedAiTokens(database.pool)).toEqual(aiTokensFromScratch(events, timezone));
        expect(await storedHours(database.pool)).toEqual(hoursFromScratch(events, timezone));
        expect(await businessDurations()).toBe(durationsOf(events, timezone));
        expect(await storedOwnNumbers(database.pool)).toEqual(countOwnFromScratch(events, timezone));
        expect(await agentsAddUp()).toBe(true);
        expect(await eventsSeen()).toBe(events.length);
        for (const tenant of tenants) {
          const { drifts, firstDrifts } = await verifyTenant(database.connectionString, tenant);
          expect({ drifts, firstDrifts }).toEqual({ drifts: 0, firstDrifts: [] });
        }
      }),
      { numRuns: propertyRuns(15) },
    );
  });

  async function emptyDatabase(idleThroughMs: number): Promise<void> {
    await emptyTables(database.pool);
    const own = [JSON.stringify(ownDefinitions), hashDefinitions(ownDefinitions)];
    for (const tenant of tenants) {
      await database.pool.query(
        `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, working_hours,
           custom_definitions, custom_definitions_hash, counting_rules)
         values ($1, $2, 'CNY', 21600, to_timestamp($3::double precision / 1000), $4, $5, $6, 2)`,
        [tenant, timezone, idleThroughMs, tenant === "default" ? workingHours : null, ...own],
      );
      await database.pool.query("insert into analytics_costs values ($1, '0001-01-01', 10.5)", [tenant]);
    }
  }

  async function sweep(nowMs: number): Promise<void> {
    const client = await openWriterConnection(database.connectionString);
    try {
      for (const tenant of tenants) {
        for await (const slice of sweepIdleSessions(client, tenant, nowMs)) {
          expect(slice.idleThroughMs).toBeGreaterThanOrEqual(nowMs);
        }
      }
    } finally {
      await client.end();
    }
  }

  async function storedRows(): Promise<Record<string, Record<string, number>>> {
    const { rows } = await database.pool.query("select * from analytics_business_metrics");
    return Object.fromEntries(
      rows
        .map((row): [string, Record<string, number>] => [
          `${row.tenant_id}|${row.period_type}|${row.period_value}`,
          Object.fromEntries(
            Object.entries(row)
              .filter(([column]) => counterColumns.has(column))
              .map(([column, value]): [string, number] => [column, Number(value)])
              .filter(([, value]) => value !== 0),
          ),
        ])
        .filter(([, counters]) => Object.keys(counters).length > 0),
    );
  }

  async function businessDurations(): Promise<number> {
    const { rows } = await database.pool.query(
      "select coalesce(sum(count), 0)::int as durations from analytics_duration_histograms where metric like '%\\_business'",
    );
    return rows[0].durations;
  }

  async function agentsAddUp(): Promise<boolean> {
    const { rows } = await database.pool.query(`
      select not exists (
        select from (
          select tenant_id, day::text as day, sum(sessions_handled) as handled, sum(tickets_closed) as closed,
            sum(tickets_resolved) as resolved, sum(total_work_minutes) as minutes
          from analytics_agent_metrics group by tenant_id, day) a
        full join (select * from analytics_business_metrics where period_type = 'day') m
          on m.tenant_id = a.tenant_id and m.period_value = a.day
        where coalesce(handled, 0) <> coalesce(m.sessions_handled, 0)
          or coalesce(closed, 0) <> coalesce(m.tickets_closed, 0)
          or coalesce(resolved, 0) <> coalesce(m.tickets_resolved, 0)
          or coalesce(minutes, 0) <> coalesce(m.total_work_minutes, 0)) as equal`);
    return rows[0].equal;
  }

  async function eventsSeen(): Promise<number> {
    const { rows } = await database.pool.query(
      "select sum(events_seen)::int as seen, bool_and(highest_seq = events_seen) as gapless from analytics_sources",
    );
    expect(rows[0].gapless).toBe(true);
    return rows[0].seen;
  }
});

const workingHours = { week: { mon: ["09:00-18:00"], tue: ["22:00-06:00"] }, holidays: [], days: {} };

/** Durations that a tenant with working hours counts in them as well: a tenant without counts none. */
function durationsOf(events: readonly BusinessEvent[], timezone: string): number {
  const ofEvents = countedEvents(events).filter(
    ({ tenantId, attributes }) => tenantId === "default" && attributes["handle_duration_seconds"] !== undefined,
  );
  const resolutions = ticketsFromScratch(events, timezone).durations.filter(({ tenantId }) => tenantId === "default");
  const waits = firstTakeovers(events, timezone).filter(
    ({ tenantId, waitMs }) => tenantId === "default" && waitMs !== null,
  );
  return ofEvents.length + resolutions.length + waits.length;
}

function scratchRows(
  events: readonly BusinessEvent[],
  rules: { timezone: string; idleThroughMs: number },
): Record<string, Record<string, number>> {
  const rows = countFromScratch(events, { ...rules, idleTimeoutMs: 6 * hour, cost: 10.5 });
  return Object.fromEntries(
    [...rows]
      .map(([key, row]): [string, Record<string, number>] => [
        key,
        Object.fromEntries(
          Object.entries(row)
            .map(([column, value]): [string, number] => [column, Number(value.toFixed(6))])
            .filter(([, value]) => value !== 0),
        ),
      ])
      .filter(([, row]) => Object.keys(row).length > 0),
  );
}

const outcomes = [
  "open",
  "ai_assisted",
  "human_only",
  "escalated_untaken",
  "unanswered",
  "not_resolved",
  "ai_resolved",
];

const counterColumns = new Set([
  ...outcomes.flatMap((outcome) => [`rated_${outcome}`, `satisfied_${outcome}`]),
  "rating_sum",
  "feedback_resolved",
  "feedback_unresolved",
  "total_sessions",
  "sessions_ended",
  "sessions_ended_idle",
  "ai_resolved_sessions",
  "ai_resolved_idle",
  "ai_resolved_assumed",
  "outcome_open",
  "outcome_ai_assisted",
  "outcome_human_only",
  "outcome_escalated_untaken",
  "outcome_unanswered",
  "outcome_not_resolved",
  "waits_known",
  "handles_known",
  "handle_ms",
  "first_takeovers",
  "first_waits_known",
  "first_wait_ms",
  "tickets_resolved",
  "resolutions_timed",
  "resolution_ms",
  "sla_known",
  "resolved_in_sla",
  "first_resolutions",
  "first_resolutions_timed",
  "first_resolution_ms",
  "tickets_reopened",
  "tickets_closed_again",
  "backlog_change",
  "backlog_unassigned_change",
  "escalated_sessions",
  "reused_session_ids",
  "ai_involved_sessions",
  "unique_customers",
  "estimated_cost_saved",
  "total_messages",
  "responses_timed",
  "total_response_time_ms",
  "order_queries_success",
  "order_queries_failed",
  "tracking_queries_success",
  "tracking_queries_failed",
  "agent_logins",
  "total_work_minutes",
  "sessions_handled",
  "total_first_response_ms",
  "sessions_released",
  "total_handle_time_sec",
  "agent_messages_sent",
  "sessions_transferred",
  "tickets_created",
  "tickets_closed",
  "tickets_sla_met",
  "total_resolution_hours",
]);
