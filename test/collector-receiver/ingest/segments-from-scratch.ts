import type pg from "pg";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { countedEvents, countFromScratch } from "./count-from-scratch.ts";
import type { ScratchRules } from "./count-from-scratch.ts";
import { localDay } from "./days-from-scratch.ts";

/** What the texts of `arbitraryEvents` count as by the words and `ownDefinitions`; a text that is missing here is `other`. */
const channels: Readonly<Record<string, string>> = { web: "web", app: "app", " Website": "web", 微信: "wechat" };
const products: Readonly<Record<string, string>> = { test: "test", "bot 2": "bot 2", "bot 31": "bot #" };
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "session.escalate reason": {
    keyword: "keyword",
    complaint: "complaint",
    "order 10423": "order #",
    "order 7": "order 7",
    客户投诉: "客户投诉",
  },
  "query.order site": { uk: "uk", GB: "uk", moon: "moon" },
  "query.tracking carrier": { dhl: "dhl", 顺丰: "sf" },
  "query.tracking service": { express: "express" },
  "ticket.created source": { Chat: "chat" },
  "ticket.created type": { 退款: "refund" },
  "ticket.created priority": { urgent: "urgent" },
};
const plans: Readonly<Record<string, string>> = { free: "free", "pro 2": "pro 2", 7: "7" };

/** The values of the dimensions of a session, by its first start. */
function segmentsOf(starts: readonly BusinessEvent[]): [dimension: string, value: string][] {
  const [first] = starts.toSorted((a, b) => a.occurredAtMs - b.occurredAtMs || (a.eventId < b.eventId ? -1 : 1));
  if (first === undefined) return [];
  const { channel, plan } = first.attributes;
  return [
    ...(channel === undefined ? [] : [["channel", channels[channel as string] ?? "other"] as [string, string]]),
    ...(first.serviceName === null ? [] : [["product", products[first.serviceName] ?? "other"] as [string, string]]),
    ...(plan === undefined ? [] : [["plan", plans[String(plan)] ?? "other"] as [string, string]]),
  ];
}

/** What only some sessions of a day contribute: every other counter is a flow, and belongs to no segment. */
const flows =
  /^(total_messages|responses_timed|total_response_time_ms|feedback_|order_|tracking_|agent_|total_work|sessions_handled|total_first|waits_known|sessions_released|total_handle|handles_known|handle_ms|sessions_transferred|tickets_|total_resolution|resolution|sla_known|resolved_in_sla|first_resolution|backlog|reused_ticket|unique_customers)/;

type Rows = Record<string, Record<string, number>>;

/** The events of the sessions of each segment, by `dimension|value`. */
export function eventsBySegment(events: readonly BusinessEvent[]): Map<string, BusinessEvent[]> {
  const bySession = Map.groupBy(
    countedEvents(events).filter(({ sessionId }) => sessionId !== null),
    ({ tenantId, sessionId }) => `${tenantId}|${sessionId}`,
  );
  const byValue = new Map<string, BusinessEvent[]>();
  for (const ofSession of bySession.values()) {
    for (const [dimension, value] of segmentsOf(ofSession.filter(({ name }) => name === "session.start"))) {
      const key = `${dimension}|${value}`;
      byValue.set(key, [...(byValue.get(key) ?? []), ...ofSession]);
    }
  }
  return byValue;
}

/** Counters by `tenant|day|dimension|value`: those of the sessions of each value, computed as if there were no others. */
export function segmentsFromScratch(events: readonly BusinessEvent[], rules: ScratchRules): Rows {
  const rows: Rows = {};
  for (const [of, ofValue] of eventsBySegment(events)) {
    for (const [key, row] of countFromScratch(ofValue, rules)) {
      const [tenant, type, day] = key.split("|");
      const known = Object.entries(row)
        .filter(([column, amount]) => !flows.test(column) && amount !== 0)
        .map(([column, amount]) => [column, Number(amount.toFixed(6))]);
      if (type === "day" && known.length > 0) rows[`${tenant}|${day}|${of}`] = Object.fromEntries(known);
    }
  }
  return rows;
}

/** The same as it is stored, without what is 0. */
export async function storedSegments(pool: pg.Pool): Promise<Rows> {
  const { rows } = await pool.query(
    "select *, concat_ws('|', tenant_id, day::text, dimension, value) as key from analytics_segment_counters",
  );
  return Object.fromEntries(
    rows.flatMap(({ key, tenant_id: _, day: _day, dimension: _dimension, value: _value, ...row }) => {
      const known = Object.entries(row).flatMap(([column, amount]) =>
        Number(amount) === 0 ? [] : [[column, Number(amount)]],
      );
      return known.length === 0 ? [] : [[key, Object.fromEntries(known)]];
    }),
  );
}

/** Events, and those with success, by `tenant|day|event|attribute|value`. */
export function valuesFromScratch(events: readonly BusinessEvent[], timezone: string): Record<string, number[]> {
  const counts: Record<string, number[]> = {};
  for (const event of countedEvents(events)) {
    for (const [of, known] of Object.entries(values)) {
      const [name, attribute] = of.split(" ") as [string, string];
      const text = event.attributes[attribute];
      if (name !== event.name || (text === undefined && attribute !== "reason")) continue;
      const value = known[String(text)] ?? "other";
      const count = (counts[
        [event.tenantId, localDay(event.occurredAtMs, timezone), name, attribute, value].join("|")
      ] ??= [0, 0]);
      count[0] = (count[0] as number) + 1;
      if (event.attributes["success"] === true) count[1] = (count[1] as number) + 1;
    }
  }
  return counts;
}

/** The same as it is stored. */
export async function storedValues(pool: pg.Pool): Promise<Record<string, number[]>> {
  const { rows } = await pool.query(
    `select concat_ws('|', tenant_id, day::text, event_name, attribute, value) as key, events::int, succeeded::int
     from analytics_attribute_counts where events <> 0 or succeeded <> 0`,
  );
  return Object.fromEntries(rows.map(({ key, events, succeeded }) => [key, [events, succeeded]]));
}
