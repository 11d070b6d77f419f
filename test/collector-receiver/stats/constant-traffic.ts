import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import type { BusinessCalendar } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { makeEvent } from "../../support/open-test-ingest.ts";

const hour = 3_600_000;
const minute = 60_000;

type Step = readonly [afterMs: number, name: string, attributes?: Readonly<Record<string, unknown>>];

/** Conversations of a day: when they start, in hours of the day, and what happens in them. */
const conversations: readonly (readonly [startHour: number, steps: readonly Step[]])[] = [
  [
    8,
    [
      [2000, "session.message", { role: "ai", response_time_ms: 1200 }],
      [minute, "session.end", { end_reason: "resolved" }],
    ],
  ],
  [9, [[2000, "session.message", { role: "ai", response_time_ms: 3100 }]]],
  [
    10,
    [
      [2000, "session.message", { role: "ai", response_time_ms: 900 }],
      [2 * minute, "session.end", { end_reason: "error" }],
    ],
  ],
  [11, [[minute, "session.escalate", { reason: "refund" }], ...taken(3 * minute), [20 * minute, "session.end"]]],
  [12, [[minute, "session.escalate", { reason: "refund" }]]],
  [13, []],
  // Goes on after midnight: what it was is known the next day only.
  [
    20,
    [
      [2000, "session.message", { role: "ai", response_time_ms: 1500 }],
      [6 * hour, "session.escalate", {}],
    ],
  ],
  [
    21,
    [
      [2000, "session.message", { role: "ai", response_time_ms: 1500 }],
      [5 * hour, "session.end", { end_reason: "resolved" }],
    ],
  ],
  [
    22,
    [
      [2000, "session.message", { role: "ai", response_time_ms: 2500 }],
      [5 * hour, "session.feedback", { rating: 5, resolved: true }],
    ],
  ],
];

function taken(at: number): Step[] {
  return [
    [at, "agent.session_takeover", { agent_id: 7, wait_duration_seconds: 90 }],
    [at + minute, "agent.session_message", { agent_id: 7 }],
    [at + 10 * minute, "agent.session_release", { agent_id: 7, handle_duration_seconds: 600 }],
  ];
}

/**
 * A day that is like every other one: the same conversations, look-ups, hours of an agent and tickets at the same local
 * hours, from new customers but one who came three days before too.
 */
export function constantDay(calendar: BusinessCalendar, day: string): BusinessEvent[] {
  const startMs = calendar.startOfDay(day);
  const at = (ms: number, name: string, attributes: Readonly<Record<string, unknown>>): BusinessEvent =>
    makeEvent({
      name,
      occurredAtMs: startMs + ms,
      attributes: attributes as never,
      sessionId: (attributes["session_id"] as string | undefined) ?? null,
      agentId: (attributes["agent_id"] as number | undefined) ?? null,
      ticketId: (attributes["ticket_id"] as number | undefined) ?? null,
    });
  const number = Number(day.replaceAll("-", ""));
  return [
    ...conversations.flatMap(([startHour, steps], place) => {
      const session_id = `${day}-${place}`;
      const user_id = place === 1 ? `back-${addDays(day, -3)}` : place === 2 ? `back-${day}` : session_id;
      return [
        at(startHour * hour, "session.start", { session_id, user_id, channel: "web" }),
        ...steps.map(([after, name, more]) => at(startHour * hour + after, name, { session_id, ...more })),
      ];
    }),
    ...[true, true, true, false].map((success, i) =>
      at((8 + i) * hour, "query.order", { session_id: `${day}-0`, success }),
    ),
    at(9 * hour, "agent.login", { agent_id: 7, agent_name: "Li" }),
    at(13 * hour, "agent.status_change", { agent_id: 7, to_status: "away" }),
    at(14 * hour, "agent.status_change", { agent_id: 7, to_status: "busy" }),
    at(17 * hour, "agent.logout", { agent_id: 7, work_duration_minutes: 480 }),
    at(9 * hour, "ticket.created", { ticket_id: number }),
    at(10 * hour, "ticket.assigned", { ticket_id: number, agent_id: 7 }),
    at(16 * hour, "ticket.closed", {
      ticket_id: number,
      agent_id: 7,
      resolution_duration_hours: 7,
      sla_met: number % 2 >= 0,
    }),
  ];
}
