import { addDays } from "../metrics/business-calendar.ts";
import { neverJudged } from "../metrics/judge-alert.ts";
import type { AlertState } from "../metrics/judge-alert.ts";
import { minutesOfWork, readSilenceGaps } from "../stats/alert-facts.ts";
import type { AlertReader } from "../stats/alert-facts.ts";
import { judgeOne } from "./judge-alerts.ts";
import type { AlertEvent, KnownAlert } from "./judge-alerts.ts";

/** What an alert would have told, and whether it would be firing now. */
export interface Rehearsal {
  readonly name: string;
  readonly isFiring: boolean;
  /** In order; the day or time on which each would have been told. */
  readonly told: readonly (AlertEvent & { readonly at: string })[];
}

const minuteMs = 60_000;

/**
 * Judges an alert as if it had stood for so many days, by the figures of today: once at the beginning of each day, and now.
 * Nothing is stored and nothing is sent.
 */
export async function rehearseAlert(reader: AlertReader, alert: KnownAlert, days: number): Promise<Rehearsal> {
  return alert.rule.kind === "silence" ? rehearseSilence(reader, alert, days) : rehearseByDay(reader, alert, days);
}

async function rehearseByDay(reader: AlertReader, { name, rule }: KnownAlert, days: number): Promise<Rehearsal> {
  const { at } = reader;
  let state: AlertState = neverJudged;
  const told: (AlertEvent & { readonly at: string })[] = [];
  const starts = Array.from({ length: days }, (_, i) => addDays(at.today, i + 1 - days));
  const moments = [...starts.map((day) => ({ today: day, nowMs: at.calendar.startOfDay(day) + minuteMs })), at];
  for (const { today, nowMs } of moments.filter((moment) => moment.nowMs <= at.nowMs)) {
    const { idleThroughMs } = at.tenant;
    const tenant = { ...at.tenant, idleThroughMs: idleThroughMs && Math.min(idleThroughMs, nowMs) };
    const judged = await judgeOne({ ...reader, at: { ...at, today, nowMs, tenant } }, { name, rule, state });
    told.push(...judged.news.map((news) => ({ ...news, at: today })));
    state = judged.state;
  }
  return { name, isFiring: state.firingPeriod !== null, told };
}

async function rehearseSilence(reader: AlertReader, { name, rule }: KnownAlert, days: number): Promise<Rehearsal> {
  const { at } = reader;
  const limit = rule.kind === "silence" ? rule.minutes : Infinity;
  const fromMs = at.calendar.startOfDay(addDays(at.today, 1 - days));
  const gaps = await readSilenceGaps(reader, fromMs, limit);
  const told: (AlertEvent & { readonly at: string })[] = [];
  const common = { name, rule, currency: at.tenant.currency, timezone: at.tenant.timezone };
  for (const { lastMs, nextMs } of gaps) {
    const lastEvent = new Date(lastMs).toISOString();
    const minutes = await minutesOfWork(reader, lastMs, nextMs ?? at.nowMs);
    const facts = { kind: "silence", lastEvent, minutes } as const;
    told.push({ ...common, facts, change: "firing", period: lastEvent, at: lastEvent });
    if (nextMs === null) continue;
    const next = new Date(nextMs).toISOString();
    const over = { kind: "silence", lastEvent: next, minutes: 0 } as const;
    told.push({ ...common, facts: over, change: "resolved", period: lastEvent, at: next });
  }
  return { name, isFiring: told.at(-1)?.change === "firing", told };
}
