import fc from "fast-check";
import type { BusinessEvent, MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { idKind } from "../../../collector-receiver/src/mapping/id-kind.ts";
import type { InvalidNotes } from "../../../collector-receiver/src/mapping/invalid-values.ts";
import { makeBusinessEvent } from "../../support/make-business-event.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";

const invalidNotes: readonly InvalidNotes[] = [
  { user_id: { code: "value_too_long" } },
  { message_length: { code: "out_of_range", value: -1 }, note: { code: "nul_character", undeclared: true } },
];

/** Events of a small world: few sessions, agents and customers, so that everything collides. */
export function arbitraryEvents(aroundMs: number, spreadMs: number): fc.Arbitrary<BusinessEvent[]> {
  const fraction = fc.integer({ min: 0, max: 9_999_999 }).map((n) => n / 1000);
  const users = fc.constantFrom("u-1", "u-2", "ü-𝒳", "u-\uffee", "null", " Anonymous ", "");
  const roles = fc.constantFrom("ai", "user", "bot", " Assistant ", "机器人", "agent", "坐席", "dragon");
  const attributesByName: Record<string, fc.Arbitrary<Record<string, string | number | boolean>>> = {
    "session.start": fc.record(
      {
        channel: fc.constantFrom("web", "app", "Kakao 7", " Website", "微信"),
        plan: fc.constantFrom("free", "pro 2", "Free", 7),
        user_id: users,
      },
      { requiredKeys: [] },
    ),
    "session.message": fc.record(
      { response_time_ms: fraction, first_token_ms: fc.nat(5000), role: roles, user_id: users },
      { requiredKeys: [] },
    ),
    "session.end": fc.record(
      { reason: fc.constantFrom("resolved", "已解决", " Failed", "customer_left", "bored"), resolved: fc.boolean() },
      { requiredKeys: [] },
    ),
    "session.feedback": fc.record(
      { rating: fc.integer({ min: 1, max: 5 }), resolved: fc.boolean() },
      { requiredKeys: [] },
    ),
    "session.escalate": fc.record(
      { reason: fc.constantFrom("keyword", "complaint", "order 10423", "order 7", "客户投诉", "a text ".repeat(9)) },
      { requiredKeys: [] },
    ),
    "query.order": fc.record(
      { success: fc.boolean(), response_time_ms: fc.nat(3000), site: fc.constantFrom("uk", "GB", "moon", "mars 7") },
      { requiredKeys: ["success", "response_time_ms"] },
    ),
    "query.tracking": fc.record(
      {
        success: fc.boolean(),
        carrier: fc.constantFrom("dhl", "顺丰", "stork"),
        service: fc.constantFrom("express", "slow"),
      },
      { requiredKeys: ["success"] },
    ),
    "agent.login": fc.record(
      { agent_name: fc.constantFrom("王芳", "Li Wei", "Ana"), login_id: fc.constantFrom("desk", "phone") },
      { requiredKeys: [] },
    ),
    "agent.logout": fc.record({ work_duration_minutes: fraction }, { requiredKeys: [] }),
    "agent.status_change": fc.record(
      {
        from_status: fc.constantFrom("online", "nap"),
        to_status: fc.constantFrom("online", "Busy", "away", "lunch break", "offline", "离线", " 忙碌", "离席"),
      },
      { requiredKeys: [] },
    ),
    "agent.session_takeover": fc.record({ wait_duration_seconds: fraction }, { requiredKeys: [] }),
    "agent.session_message": fc.constant({}),
    "agent.session_release": fc.record({ handle_duration_seconds: fraction }, { requiredKeys: [] }),
    "agent.session_transfer": fc.record({ handle_duration_seconds: fraction }, { requiredKeys: [] }),
    "ticket.created": fc.record(
      {
        source: fc.constantFrom("Chat", "pigeon"),
        type: fc.constant("退款"),
        priority: fc.constantFrom("urgent", "soon"),
      },
      { requiredKeys: [] },
    ),
    "ticket.assigned": fc.constant({}),
    "ticket.status_changed": fc.record(
      {
        from_status: fc.constantFrom("open", "closed", "Resolved", "处理中"),
        to_status: fc.constantFrom("open", "pending", "closed", " 已解决 ", "canceled", "parked"),
      },
      { requiredKeys: [] },
    ),
    "ticket.closed": fc.record({ resolution_duration_hours: fraction, sla_met: fc.boolean() }, { requiredKeys: [] }),
    "ai.call": fc.record(
      {
        model: fc.constantFrom("gpt-5-mini", " gpt-5-mini", "GPT\n5", "ft:gpt-5:acme", "m".repeat(70), ""),
        provider: fc.constantFrom("openai", "anthropic"),
        service_tier: fc.constantFrom("flex", "default"),
        input_tokens: fc.nat(5000),
        cached_input_tokens: fc.nat(4000),
        cache_write_tokens: fc.nat(2000),
        output_tokens: fc.nat(1_000_000_000),
        duration_ms: fc.nat(9000),
        first_token_ms: fraction,
        error: fc.boolean(),
      },
      { requiredKeys: ["model"] },
    ),
    "acme.custom": fc.record(
      {
        note: fc.constant("ours"),
        amount: fc.integer({ min: -9_999_999, max: 9_999_999 }).map((n) => n / 1000),
        kind: fc.constantFrom("basic", "plus", "other", "Plus", "x".repeat(60)),
        vip: fc.boolean(),
        took: fc.integer({ min: 0, max: 9_999_999 }).map((n) => n / 1000),
      },
      { requiredKeys: [] },
    ),
  };
  // Events of sessions and tickets three times as often, own ones nine times: what merges has to meet itself.
  const names = Object.keys(attributesByName).flatMap((name): string[] =>
    name === "acme.custom"
      ? Array<string>(9).fill(name)
      : name.startsWith("session.") ||
          name.startsWith("ticket.") ||
          name === "agent.session_takeover" ||
          name === "ai.call"
        ? [name, name, name]
        : [name],
  );
  const event = fc.constantFrom(...names).chain((name) =>
    fc.record({
      name: fc.constant(name),
      attributes: attributesByName[name] as fc.Arbitrary<Record<string, string | number | boolean>>,
      session: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 8 }),
      agent: fc.integer({ min: 1, max: 3 }),
      ticket: fc.integer({ min: 1, max: 2 }),
      unattributed: fc.boolean(),
      // Within minutes of the middle as well: half hours of agents and times of tickets have to meet themselves too.
      offsetMs: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: -spreadMs, max: spreadMs }) },
        { weight: 1, arbitrary: fc.integer({ min: -600_000, max: 600_000 }) },
      ),
      tenant: fc.constantFrom("default", "default", "brand-b"),
      service: fc.constantFrom("test", "test", "bot 2", "bot 31", "a name of many words is none", null),
      isTest: fc.integer({ min: 0, max: 59 }).map((n) => n === 0),
      source: fc.integer({ min: 1, max: 2 }),
      id: fc.constantFrom("own", "own", "own", "derived", "foreign" as const),
      // One in ten has values that were left out.
      invalid: fc.integer({ min: 0, max: 19 }).map((n): InvalidNotes | undefined => invalidNotes[n]),
    }),
  );
  return fc.array(event, { minLength: 1, maxLength: 60, size: "max" }).map((drafts) => {
    const seqs = new Map<string, number>();
    return drafts.map((draft, i): BusinessEvent => {
      const needsSession = draft.name.startsWith("session.") || draft.name === "agent.session_takeover";
      const sessionId = needsSession || draft.session !== null ? `s-${draft.session ?? 1}` : null;
      const isTicket = draft.name.startsWith("ticket.");
      const agentId = draft.name.startsWith("agent.") || (isTicket && !draft.unattributed) ? draft.agent : null;
      const data = { ...draft.attributes, ...(draft.isTest ? { test: true } : {}) };
      const { invalid } = draft;
      const stored = invalid === undefined ? data : { ...data, "spanledger.invalid": invalid };
      const ownId = uuidV7(aroundMs + draft.offsetMs, i + 1);
      const sourceId = `source-${draft.tenant}-${draft.source}`;
      const seq = (seqs.get(sourceId) ?? 0) + 1;
      seqs.set(sourceId, seq);
      return makeBusinessEvent({
        tenantId: draft.tenant,
        // Ids of version 5: derived ones, and those that a sender made.
        eventId: draft.id === "own" ? ownId : `${ownId.slice(0, 14)}5${ownId.slice(15)}`,
        idKind: draft.id === "own" ? idKind.ownTime : draft.id === "derived" ? idKind.derived : idKind.foreign,
        invalid,
        name: draft.name,
        sessionId,
        agentId,
        ticketId: isTicket ? draft.ticket : null,
        occurredAtMs: aroundMs + draft.offsetMs,
        test: draft.isTest,
        attributes: data,
        eventData: new TextEncoder().encode(JSON.stringify(stored)),
        traceId: null,
        spanId: null,
        serviceName: draft.service,
        source: { sourceId, seq },
      });
    });
  });
}

/** How events reach the receivers: duplicated, shuffled, cut into requests, each to one of several. */
export interface Delivery {
  readonly receiver: number;
  readonly events: readonly number[];
}

export function arbitraryDeliveries(events: number, receivers: number): fc.Arbitrary<Delivery[]> {
  const all = Array.from({ length: events }, (_, i) => i);
  return fc
    .tuple(
      fc.shuffledSubarray(all, { minLength: events, maxLength: events }),
      fc.array(fc.nat(events - 1), { maxLength: events }),
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 12 }), receiver: fc.nat(receivers - 1) }), {
        minLength: 1,
        maxLength: 20,
      }),
    )
    .map(([order, again, cuts]) => {
      const sequence = [...order, ...again];
      const deliveries: Delivery[] = [];
      for (let at = 0, i = 0; at < sequence.length; i++) {
        const cut = cuts[i % cuts.length] as { size: number; receiver: number };
        deliveries.push({ receiver: cut.receiver, events: sequence.slice(at, at + cut.size) });
        at += cut.size;
      }
      return deliveries;
    });
}

export function requestOf(events: readonly BusinessEvent[]): MappedRequest {
  return { events, rejected: [], sourceReports: [], rejectedCarriers: 0, ignored: 0 };
}
