import type { HistogramBucket } from "../metrics/duration-histogram.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import type { OperationCounts, OperationTerm } from "../metrics/operation-metrics.ts";
import { instantsOf, readPeriod } from "./read-period.ts";
import type { PeriodReading, StatsReader } from "./read-period.ts";
import type { DayRange, PeriodQuery } from "./report-period.ts";
import { readAgentNames } from "./sql/read-agent-names.ts";
import { readAgents } from "./sql/read-agents.ts";
import type { AgentRow } from "./sql/read-agents.ts";
import { readAgentTime } from "./sql/read-agent-time.ts";
import type { AgentTimeRow } from "./sql/read-agent-time.ts";
import { readDurations } from "./sql/read-durations.ts";
import { readOperationSettings } from "./sql/read-operation-settings.ts";
import type { OperationSettings } from "./sql/read-operation-settings.ts";
import type { Resolutions } from "./sql/read-resolutions.ts";
import { readTicketStock } from "./sql/read-ticket-stock.ts";
import type { TicketStock } from "./sql/read-ticket-stock.ts";
import { sumResolutions } from "./sum-resolutions.ts";

export type Durations = ReadonlyMap<string, readonly HistogramBucket[]>;

/** What operations figures of a period, and of the one that it is compared with, are derived from. */
export interface OperationsReading {
  readonly period: PeriodReading;
  readonly settings: OperationSettings;
  readonly current: OperationCounts;
  readonly durations: Durations;
  /**
   * Both sides of the comparison: resolutions over the days that are judged, all else over the days that are over. A term is
   * null if no such day is.
   */
  readonly compared: Readonly<Record<"now" | "before", OperationSide>>;
  /** Who did anything in the period, or was there. */
  readonly agents: readonly AgentTime[];
}

export interface OperationSide {
  readonly counts: OperationCounts;
  readonly durations: Durations;
}

/** An agent's part of the counts. */
export interface AgentTime {
  readonly agentId: number;
  readonly agentName: string | null;
  readonly counts: OperationCounts;
}

/** Histograms of which the document shows median and p90. */
export const shownHistograms = [
  "first_response",
  "first_response_business",
  "handle_time",
  "handle_time_business",
  "resolution_time",
  "resolution_time_business",
] as const;

/**
 * Reads a period from counters and facts: never from events.
 * @throws RequestError if the query is wrong
 */
export async function readOperations(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
): Promise<OperationsReading> {
  const { pool } = reader;
  const [reading, settings] = await Promise.all([
    readPeriod(reader, tenantId, query),
    readOperationSettings(pool, tenantId),
  ]);
  const { period, compared, calendar } = reading;
  const { over, judged } = compared;
  const days: readonly DayRange[] = [period, ...(over === null ? [] : [over.days.now, over.days.before])];
  const ranges = days.map((range) => instantsOf(range, reading));
  const resolutionsOf = async (range: DayRange | undefined): Promise<Resolutions | null> =>
    range === undefined ? null : sumResolutions(pool, tenantId, range, { calendar, ...instantsOf(range, reading) });
  const [time, stock, resolved, durations, agents] = await Promise.all([
    readAgentTime(pool, tenantId, settings.heartbeatSeconds, ranges),
    readTicketStock(
      pool,
      tenantId,
      days.map(({ endDate }) => endDate),
    ),
    Promise.all([period, judged?.days.now, judged?.days.before].map(resolutionsOf)),
    readDurations(pool, tenantId, shownHistograms, days),
    readAgents(pool, tenantId, period, { limit: null }),
  ]);
  const { chatbotReported, workbenchReported } = reading.tenant;
  const occupancyOver = occupancyRules(reading.tenant.rulesSince);
  const countsOf = (place: number, counters: Counters | undefined): OperationCounts => {
    const resolutions = resolved[place] ?? null;
    return {
      ...(chatbotReported && resolutions !== null ? resolutionCounts(resolutions) : unknownResolutions),
      ...(workbenchReported && counters !== undefined
        ? {
            ...timeCounts(
              time.filter(({ range }) => range === place),
              occupancyOver(days[place] as DayRange, counters.total_handle_time_sec),
            ),
            ...ticketCounts(stock[place] as TicketStock, counters),
          }
        : unknownWork),
    };
  };
  const sideOf = (place: number, counters: Counters | undefined): OperationSide => ({
    counts: countsOf(place, counters),
    durations: durations[place] ?? new Map<string, readonly HistogramBucket[]>(),
  });
  return {
    period: reading,
    settings,
    current: countsOf(0, reading.counters),
    durations: durations[0] as Durations,
    compared: { now: sideOf(1, over?.now), before: sideOf(2, over?.before) },
    agents: await agentTimes(pool, tenantId, agents.rows, time, (seconds) => occupancyOver(period, seconds)),
  };
}

/** Who did anything that is counted, or was there, each under the name that was told last. */
async function agentTimes(
  pool: StatsReader["pool"],
  tenantId: string,
  agents: readonly AgentRow[],
  time: readonly AgentTimeRow[],
  ruleOf: (handleSeconds: string) => OccupancyRule,
): Promise<AgentTime[]> {
  const rows = new Map(agents.map((agent) => [agent.agentId, agent]));
  const times = Map.groupBy(
    time.filter((row) => row.range === 0),
    (row) => row.agentId,
  );
  // The unattributed row is nobody's time.
  const ids = [...new Set([...rows.keys(), ...times.keys()])].filter((agentId) => agentId !== null);
  const names = await readAgentNames(
    pool,
    tenantId,
    ids.filter((agentId) => !rows.has(agentId)),
  );
  const logged = new Map([...times].map(([agentId, own]) => [agentId, presentMs(own)]));
  return ids
    .map((agentId) => ({
      agentId,
      agentName: rows.get(agentId)?.agentName ?? names.get(agentId) ?? null,
      counts: {
        ...unknownResolutions,
        ...unknownWork,
        ...timeCounts(times.get(agentId) ?? [], ruleOf(rows.get(agentId)?.counters.total_handle_time_sec ?? "0")),
      },
    }))
    .toSorted((a, b) => (logged.get(b.agentId) ?? 0) - (logged.get(a.agentId) ?? 0) || a.agentId - b.agentId);
}

/** The parts of several agents together. */
export function sumAgentTimes(agents: readonly AgentTime[]): OperationCounts {
  const total = (key: keyof OperationCounts): string =>
    String(agents.reduce((sum, { counts }) => sum + BigInt(counts[key] ?? 0), 0n));
  return {
    ...unknownResolutions,
    ...unknownWork,
    agent_online_ms: total("agent_online_ms"),
    agent_away_ms: total("agent_away_ms"),
    agent_busy_ms: total("agent_busy_ms"),
    agent_present_ms: total("agent_present_ms"),
    agent_occupied_ms: total("agent_occupied_ms"),
  };
}

/** By which rules occupancy is read: sealed days keep those of counting rules 1, handle time over time online and busy. */
interface OccupancyRule {
  readonly isSealed: boolean;
  /** All days of the range follow the same rules. */
  readonly isWhole: boolean;
  readonly handleMs: string | null;
}

function occupancyRules(rulesSince: string | null) {
  return ({ startDate, endDate }: DayRange, handleSeconds: string | null): OccupancyRule => ({
    isSealed: rulesSince !== null && startDate < rulesSince,
    isWhole: rulesSince === null || endDate < rulesSince || rulesSince <= startDate,
    handleMs: milliseconds(handleSeconds),
  });
}

function timeCounts(
  rows: readonly AgentTimeRow[],
  { isSealed, isWhole, handleMs }: OccupancyRule,
): Pick<OperationCounts, AgentTerm> {
  const total = (...states: AgentTimeRow["state"][]): string =>
    String(rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.ms, 0));
  return {
    agent_online_ms: total("online"),
    agent_away_ms: total("away"),
    agent_busy_ms: total("busy"),
    agent_present_ms: isWhole ? (isSealed ? total("online", "busy") : String(presentMs(rows))) : null,
    agent_occupied_ms: isWhole ? (isSealed ? handleMs : total("occupied")) : null,
  };
}

function presentMs(rows: readonly AgentTimeRow[]): number {
  return rows.reduce((sum, { state, ms }) => (state === "occupied" ? sum : sum + ms), 0);
}

/** The terms that are agents' time. */
type AgentTerm = Extract<OperationTerm, `agent_${string}`>;

function resolutionCounts({ judged, durable, pending, unattributed }: Resolutions) {
  return {
    ai_resolutions_judged: String(judged),
    ai_resolutions_durable: String(durable),
    ai_resolutions_pending: String(pending),
    ai_resolutions_unattributed: String(unattributed),
  };
}

function ticketCounts({ open, unassigned }: TicketStock, counters: Counters) {
  return {
    tickets_first_closed: counters.first_resolutions,
    tickets_first_closed_reopened: counters.tickets_reopened,
    tickets_open_at_end: open,
    tickets_unassigned_at_end: unassigned,
  };
}

/** Seconds with at most three decimals, as they are stored, in ms. */
function milliseconds(seconds: string | null): string | null {
  return seconds === null ? null : String(Math.round(Number(seconds) * 1000));
}

/** A product that has never reported: not known is not 0. */
const unknownResolutions = {
  ai_resolutions_judged: null,
  ai_resolutions_durable: null,
  ai_resolutions_pending: null,
  ai_resolutions_unattributed: null,
} as const;
const unknownWork = {
  agent_online_ms: null,
  agent_away_ms: null,
  agent_busy_ms: null,
  agent_present_ms: null,
  agent_occupied_ms: null,
  tickets_first_closed: null,
  tickets_first_closed_reopened: null,
  tickets_open_at_end: null,
  tickets_unassigned_at_end: null,
} as const;
