/** What alerts are judged by. */
import type { AlertRule, ChangeAlert, GoalAlert } from "../catalogue/alert-rules.ts";
import { addDays, monthOf } from "../metrics/business-calendar.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import { partsOf } from "../metrics/derive-metric.ts";
import { quantileOf } from "../metrics/duration-histogram.ts";
import { divide, fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import { goalOn, targetOver } from "../metrics/goals.ts";
import type { Goal } from "../metrics/goals.ts";
import type {
  AlertFacts,
  BudgetFacts,
  ChangeFacts,
  GoalFacts,
  Measured,
  QualityFacts,
  SilenceFacts,
} from "../metrics/judge-alert.ts";
import type { MetricDefinition } from "../metrics/metric-definition.ts";
import { metricDictionary, metricOf } from "../metrics/metric-dictionary.ts";
import { sumCounters } from "../metrics/sum-counters.ts";
import { workingCalendarOf, workingMsBetween } from "../metrics/working-hours.ts";
import { aiCostsOf } from "./ai-costs.ts";
import { comparedAt, readPeriod, type StatsReader, type TenantToday } from "./read-period.ts";
import { comparedPartOf, distinct, growsWithAge } from "./compared-part.ts";
import { lastComparableDay } from "./compare-periods.ts";
import { goalMetricOf } from "./figure-goal.ts";
import { readCounters } from "./sql/read-counters.ts";
import { readDurations } from "./sql/read-durations.ts";
import { readEventGaps } from "./sql/read-event-gaps.ts";
import { readEventsOfDay, readLastEvent } from "./sql/read-last-event.ts";
import { readOperationSettings } from "./sql/read-operation-settings.ts";
import { readQualityTotals } from "./sql/read-quality.ts";
import { readFirstDay } from "./sql/read-started-sessions.ts";

/** Metrics that alerts can judge: those of which any days can be added up. */
export const alertMetricKeys: ReadonlySet<string> = new Set(
  metricDictionary.map(({ key }) => key).filter((key) => !distinct.has(key) && !growsWithAge.has(key)),
);

/** What a tenant's alerts are judged by at a moment. */
export interface AlertReader {
  readonly pool: StatsReader["pool"];
  readonly tenantId: string;
  readonly at: TenantToday;
  readonly goals: readonly Goal[];
}

const weeks = [1, 2, 3, 4] as const;

/**
 * The facts of an alert at a moment, in the order in which they are judged: of the last day that can be judged, and, if what
 * has happened today can be judged already, of today.
 */
export async function readAlertFacts(reader: AlertReader, rule: AlertRule): Promise<AlertFacts[]> {
  switch (rule.kind) {
    case "goal":
      return readGoalFacts(reader, rule);
    case "change":
      return readChangeFacts(reader, rule);
    case "silence":
      return [await readSilenceFacts(reader)];
    case "quality": {
      const { today } = reader.at;
      return [await readQualityFacts(reader, addDays(today, -1), true), await readQualityFacts(reader, today, false)];
    }
    case "budget":
      return [await readBudgetFacts(reader)];
  }
}

async function readGoalFacts(reader: AlertReader, { metric: key, days }: GoalAlert): Promise<GoalFacts[]> {
  const metric = metricOf(key);
  const period = lastComparableDay(comparedPartOf(metric), comparedAt(reader.at));
  if (period === null) return [];
  const range = { startDate: addDays(period, 1 - days), endDate: period };
  const goal = goalOn(reader.goals, key, period);
  // Days on which no goal held are not judged by a later one.
  if (goal !== null && goalOn(reader.goals, key, range.startDate) === null) return [];
  const target = goal && targetOver(goal, range, goalMetricOf(metric).isDistinct);
  const [measured] = await measure(reader, metric, [[range]]);
  return [
    {
      kind: "goal",
      period,
      startDate: range.startDate,
      measured: measured as Measured,
      goal: goal === null || target === null ? null : { comparison: goal.comparison, target },
    },
  ];
}

async function readChangeFacts(reader: AlertReader, { metric: key }: ChangeAlert): Promise<ChangeFacts[]> {
  const metric = metricOf(key);
  const period = lastComparableDay(comparedPartOf(metric), comparedAt(reader.at));
  if (period === null) return [];
  const dayOf = (day: string): DayRange => ({ startDate: day, endDate: day });
  const before = weeks.map((week) => dayOf(addDays(period, -7 * week)));
  const firstDay = await readFirstDay(reader.pool, reader.tenantId);
  const hasBefore = firstDay !== null && firstDay <= (before.at(-1) as DayRange).startDate;
  const [now, usual] = await measure(reader, metric, [[dayOf(period)], before]);
  return [
    {
      kind: "change",
      period,
      isPercent: metric.unit === "percent",
      now: now as Measured,
      usual: hasBefore ? byTheDay(metric, usual as Measured) : null,
    },
  ];
}

/** The mean of four days of what adds up; shares and means are of the four days together. */
function byTheDay(metric: MetricDefinition, { value, sample }: Measured): Measured {
  const days = weeks.length;
  const four = { numerator: BigInt(days), denominator: 1n };
  return {
    value: metric.kind === "sum" && value !== null ? divide(value, four) : value,
    sample: sample && sample / days,
  };
}

/** A metric over each of several sets of days. Sums of a product rest on its conversations or on nothing that can be few. */
async function measure(
  { pool, tenantId }: AlertReader,
  metric: MetricDefinition,
  sets: readonly (readonly DayRange[])[],
): Promise<Measured[]> {
  if (metric.kind === "quantile") {
    const ranges = sets.flat();
    const durations = await readDurations(pool, tenantId, [metric.histogram], ranges);
    return sets.map((set) => {
      const buckets = set.flatMap((range) => durations[ranges.indexOf(range)]?.get(metric.histogram) ?? []);
      const ms = quantileOf(buckets, metric.quantile);
      return {
        value: ms === null ? null : fractionOf(ms.toFixed(3)),
        sample: buckets.reduce((sum, { count }) => sum + count, 0),
      };
    });
  }
  // Days one by one: a range of them could be months, and these are asked for by their first and last day.
  const ranges = sets.flat();
  const counters = await readCounters(
    pool,
    tenantId,
    ranges.map(({ startDate, endDate }) => ({ periodType: "day", first: startDate, last: endDate })),
  );
  return sets.map((set) => {
    const { value, denominator } = partsOf(metric, sumCounters(set.map((range) => counters[ranges.indexOf(range)]!)));
    return { value, sample: denominator === null ? null : toNumber(denominator) };
  });
}

async function readSilenceFacts(reader: AlertReader): Promise<SilenceFacts> {
  const lastMs = await readLastEvent(reader.pool, reader.tenantId);
  if (lastMs === null) return { kind: "silence", lastEvent: null, minutes: 0 };
  const minutes = await minutesOfWork(reader, lastMs, reader.at.nowMs);
  return { kind: "silence", lastEvent: new Date(lastMs).toISOString(), minutes };
}

/** Whole minutes of a tenant's working time between two instants; all time is, if the tenant has no working hours. */
export async function minutesOfWork(
  { pool, tenantId, at }: AlertReader,
  fromMs: number,
  toMs: number,
): Promise<number> {
  const { workingHours } = await readOperationSettings(pool, tenantId);
  const ms =
    workingHours === null
      ? toMs - fromMs
      : workingMsBetween(workingCalendarOf(at.tenant.timezone, JSON.stringify(workingHours)), fromMs, toMs);
  return Math.max(0, Math.floor(ms / 60_000));
}

/**
 * When a tenant was silent for so many minutes of working time, in order.
 * @returns the last event before, and the first one after; null: none has come yet
 */
export async function readSilenceGaps(
  reader: AlertReader,
  fromMs: number,
  minutes: number,
): Promise<{ readonly lastMs: number; readonly nextMs: number | null }[]> {
  const { pool, tenantId, at } = reader;
  const gaps = await readEventGaps(pool, tenantId, { fromMs, toMs: at.nowMs }, minutes * 60_000);
  const lastMs = await readLastEvent(pool, tenantId);
  const open = lastMs === null || lastMs < fromMs ? [] : [{ lastMs, nextMs: null }];
  const silent = [];
  for (const gap of [...gaps.map((each) => ({ lastMs: each.fromMs, nextMs: each.toMs })), ...open]) {
    if ((await minutesOfWork(reader, gap.lastMs, gap.nextMs ?? at.nowMs)) >= minutes) silent.push(gap);
  }
  return silent;
}

async function readQualityFacts({ pool, tenantId }: AlertReader, day: string, isFinal: boolean): Promise<QualityFacts> {
  const totals = await readQualityTotals(pool, tenantId, { startDate: day, endDate: day });
  const rejected = totals.get("rejection") ?? 0;
  const counted = await readEventsOfDay(pool, tenantId, day);
  const invalid = totals.get("invalid_value") ?? 0;
  return { kind: "quality", period: day, isFinal, rejected, invalid, events: counted + rejected };
}

async function readBudgetFacts({ pool, tenantId, at }: AlertReader): Promise<BudgetFacts> {
  const month = monthOf(at.today);
  const days = { from: `${month}-01`, to: at.today, compare: "none" };
  const reading = await readPeriod({ pool, now: () => at.nowMs }, tenantId, days);
  const { ai_spend: spend, at_least: isAtLeast } = aiCostsOf(reading, "en");
  return { kind: "budget", period: month, spend: spend === null ? null : fractionOf(spend.toFixed(6)), isAtLeast };
}
