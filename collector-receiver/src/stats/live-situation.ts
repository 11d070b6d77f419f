import { addDays } from "../metrics/business-calendar.ts";
import type { StatsReader, TenantToday } from "./read-period.ts";
import { readAgentTime } from "./sql/read-agent-time.ts";
import type { AgentTimeRow } from "./sql/read-agent-time.ts";
import { readOperationSettings } from "./sql/read-operation-settings.ts";
import { readFirstDay, readStartedSessions } from "./sql/read-started-sessions.ts";
import { readTicketStock } from "./sql/read-ticket-stock.ts";
import { readWaiting } from "./sql/read-waiting.ts";

/** How things stand at this moment. */
export interface LiveSituation {
  /** Conversations that asked for a human and got none, if they were active within 30 minutes. */
  readonly waiting: number;
  /** When the one who waits longest asked; null: nobody waits. */
  readonly waiting_since: string | null;
  /** Logged in and not away; null: the workbench has never reported. */
  readonly agents_online: number | null;
  /** Of these, who neither holds a conversation nor is busy. */
  readonly agents_free: number | null;
  readonly ticket_backlog: number | null;
}

/** What the same weekday had come to by this time of day, on average; null: no such day is known yet. */
export interface UsualDay {
  /** How many days it is the average of. */
  readonly days: number;
  readonly total_sessions: number;
  readonly escalated_sessions: number;
}

/** Whoever was silent for longer has left. */
const activeWithinMs = 30 * 60_000;
/** Days with which today is compared: the same weekday of so many weeks. */
const comparedWeeks = 4;

export async function readSituation({ pool }: StatsReader, tenantId: string, at: TenantToday): Promise<LiveSituation> {
  const { heartbeatSeconds } = await readOperationSettings(pool, tenantId);
  const { workbenchReported } = at.tenant;
  const nowMs = Math.floor(at.nowMs);
  const moment = { fromMs: nowMs - 1, toMs: nowMs };
  const [waiting, time, [stock]] = await Promise.all([
    readWaiting(pool, tenantId, nowMs - activeWithinMs),
    workbenchReported ? readAgentTime(pool, tenantId, heartbeatSeconds, [moment]) : [],
    readTicketStock(pool, tenantId, [at.today]),
  ]);
  const { online, free } = agentsOf(time);
  return {
    waiting: waiting.sessions,
    waiting_since: waiting.sinceMs === null ? null : new Date(waiting.sinceMs).toISOString(),
    agents_online: workbenchReported ? online : null,
    agents_free: workbenchReported ? free : null,
    ticket_backlog: workbenchReported ? Number(stock?.open ?? 0) : null,
  };
}

function agentsOf(time: readonly AgentTimeRow[]): { readonly online: number; readonly free: number } {
  const inState = (...states: AgentTimeRow["state"][]): Set<number> =>
    new Set(time.filter(({ state }) => states.includes(state)).map(({ agentId }) => agentId));
  const taken = inState("busy", "occupied");
  return {
    online: inState("online", "busy").size,
    free: [...inState("online")].filter((agentId) => !taken.has(agentId)).length,
  };
}

export async function readUsualDay(
  { pool }: StatsReader,
  tenantId: string,
  { calendar, today, nowMs }: TenantToday,
): Promise<UsualDay | null> {
  const firstDay = await readFirstDay(pool, tenantId);
  const days = Array.from({ length: comparedWeeks }, (_, week) => addDays(today, -7 * (week + 1))).filter(
    (day) => firstDay !== null && day >= firstDay,
  );
  if (days.length === 0) return null;
  const soFarMs = nowMs - calendar.startOfDay(today);
  const started = await readStartedSessions(
    pool,
    tenantId,
    days.map((day) => {
      const fromMs = calendar.startOfDay(day);
      return { fromMs, toMs: Math.min(fromMs + soFarMs, calendar.startOfDay(addDays(day, 1))) };
    }),
  );
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / days.length;
  return {
    days: days.length,
    total_sessions: mean(started.map(({ sessions }) => sessions)),
    escalated_sessions: mean(started.map(({ escalated }) => escalated)),
  };
}
