import type pg from "pg";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import type { CustomDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import { bucketValue } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { countedEvents } from "./count-from-scratch.ts";
import { localDay, periodsOfDay } from "./days-from-scratch.ts";
import { within } from "./details-from-scratch.ts";

const texts = { en: "a", zh: "甲" };

/** Metrics of every kind over an event of their own and over events of the catalogue. */
export const ownDefinitions: CustomDefinitions = (() => {
  const { definitions, problems } = checkDefinitions(
    {
      events: {
        "acme.custom": {
          ...texts,
          attributes: {
            amount: { ...texts, type: "double" },
            kind: { ...texts, type: "string", values: ["basic", "plus"] },
            vip: { ...texts, type: "boolean" },
            took: { ...texts, type: "double", unit: "s" },
          },
        },
      },
      metrics: {
        acme_events: { ...texts, kind: "count", event: "acme.custom", groupBy: "kind" },
        vip_amount: {
          ...texts,
          kind: "sum",
          event: "acme.custom",
          attribute: "amount",
          decimals: 3,
          where: { vip: true },
        },
        acme_sessions: { ...texts, kind: "sessions", event: "acme.custom", groupBy: "vip" },
        acme_time: { ...texts, kind: "duration", event: "acme.custom", attribute: "took", groupBy: "kind" },
        complaints: {
          ...texts,
          kind: "count",
          event: "session.escalate",
          where: { reason: ["complaint", "客户投诉"] },
        },
        web_sessions: { ...texts, kind: "sessions", event: "session.start", where: { channel: "web" } },
        vip_share: { ...texts, kind: "ratio", numerator: "vip_amount", denominator: "acme_events" },
      },
      segments: {
        "session.start": { service_name: { values: ["bot 2"] }, plan: { ...texts, values: ["pro 2", "free", "7"] } },
        "session.escalate": { reason: { values: ["order 7"] } },
        "query.order": { site: { values: ["moon"] } },
        "query.tracking": { service: { ...texts, values: ["express"] } },
      },
    },
    reservedMetricKeys,
  );
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return definitions;
})();

type Numbers = Record<string, number>;

/**
 * The numbers of `ownDefinitions` as their words say, in the plainest way. Keys are
 * `tenant|period or day|metric|group|what`; of a duration, the values themselves in order.
 */
export function countOwnFromScratch(events: readonly BusinessEvent[], timezone: string): Record<string, unknown> {
  const numbers: Numbers = {};
  const sessions: Record<string, Set<string>> = {};
  const times: Record<string, number[]> = {};
  for (const event of countedEvents(events)) {
    const { tenantId, attributes, sessionId, name } = event;
    const day = localDay(event.occurredAtMs, timezone);
    const add = (metric: string, group: string, what: string, amount: number): void => {
      const key = `${tenantId}|${day}|${metric}|${group}|${what}`;
      numbers[key] = Number(((numbers[key] ?? 0) + amount).toFixed(3));
    };
    const meet = (metric: string, group: string): void => {
      if (sessionId === null) return;
      for (const [, period] of periodsOfDay(day)) {
        const key = `${tenantId}|${period}|${metric}|${group}|sessions`;
        (sessions[key] ??= new Set()).add(sessionId);
      }
    };
    const time = (metric: string, seconds: number): void => {
      (times[`${tenantId}|${day}|${metric}||times`] ??= []).push(Math.round(seconds * 1000));
    };
    if (name === "acme.custom") {
      const { amount, kind, vip, took } = attributes as {
        amount?: number;
        kind?: string;
        vip?: boolean;
        took?: number;
      };
      const group = kind === "basic" || kind === "plus" ? kind : "other";
      add("acme_events", group, "events", 1);
      if (vip === true && amount !== undefined) {
        add("vip_amount", "", "events", 1);
        add("vip_amount", "", "total", amount);
      }
      meet("acme_sessions", "");
      meet("acme_sessions", vip === undefined ? "other" : String(vip));
      if (took !== undefined) {
        time("acme_time", took);
        time(`acme_time:${group}`, took);
      }
    }
    if (name === "session.escalate" && ["complaint", "客户投诉"].includes(attributes["reason"] as string)) {
      add("complaints", "", "events", 1);
    }
    if (name === "session.start" && attributes["channel"] === "web") meet("web_sessions", "");
  }
  return {
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)),
    ...Object.fromEntries(Object.entries(sessions).map(([key, ids]) => [key, ids.size])),
    ...Object.fromEntries(Object.entries(times).map(([key, values]) => [key, within(values)])),
  };
}

/** How the stored numbers are read: the same keys; each duration by the value that stands for its bucket. */
export async function storedOwnNumbers(pool: pg.Pool): Promise<Record<string, unknown>> {
  const stored: Record<string, unknown> = {};
  const counters = await pool.query("select *, day::text as day from analytics_custom_counters");
  for (const row of counters.rows) {
    for (const what of ["events", "total"]) {
      if (Number(row[what]) !== 0) {
        stored[`${row.tenant_id}|${row.day}|${row.metric}|${row.group_value}|${what}`] = Number(row[what]);
      }
    }
  }
  const sessions = await pool.query("select * from analytics_custom_session_counts where sessions <> 0");
  for (const row of sessions.rows) {
    stored[`${row.tenant_id}|${row.period_value}|${row.metric}|${row.group_value}|sessions`] = Number(row.sessions);
  }
  const times = await pool.query(
    "select *, day::text as day from analytics_duration_histograms where metric like 'acme%' order by bucket",
  );
  const values: Record<string, number[]> = {};
  for (const row of times.rows) {
    const of = (values[`${row.tenant_id}|${row.day}|${row.metric}||times`] ??= []);
    for (let i = 0; i < Number(row.count); i++) of.push(bucketValue(row.bucket));
  }
  return { ...stored, ...values };
}
