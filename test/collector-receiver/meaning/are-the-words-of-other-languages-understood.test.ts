import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a role in a language that no list has is the customer's, and is listed", async () => {
  const { tell, october, receiver } = await openScenario();
  for (const [i, role] of ["Agente", "ассистент", "ロボット", "봇"].entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role, response_time_ms: 1000 }],
      ["09:05:00", "session.end", { session_id, reason: "resuelto" }],
    );
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ total_messages: 4, ai_involved_sessions: 0, outcome_unanswered: 4, responses_timed: 0 });
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "unknown_word", count: 8 }));
  const answer = await fetch(`${receiver.url}/api/analytics/data-quality?month=2025-10`);
  const { entries } = (await answer.json()) as { entries: { code: string; detail: string; events: number }[] };
  const words = entries.filter(({ code }) => code === "unknown_word").map(({ detail, events }) => [detail, events]);
  expect(words).toEqual(
    expect.arrayContaining([
      ["Agente", 1],
      ["ассистент", 1],
      ["ロボット", 1],
      ["봇", 1],
      ["resuelto", 4],
    ]),
  );
});

test("spaces, dashes and capitals make no other word of a known one", async () => {
  const { tell, october } = await openScenario();
  for (const [i, role] of ["AI", " ai ", "A_I", "a-i", "机 器 人"].entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role, response_time_ms: 1000 }],
    );
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ ai_involved_sessions: 5, responses_timed: 5 });
  expect(document.notes.map(({ code }: { code: string }) => code)).not.toContain("unknown_word");
});

test("words of call centres, of Taiwan and in full width are known", async () => {
  const { tell, october, receiver } = await openScenario();
  const change = (ticket_id: number, from_status: string, to_status: string) => ({ ticket_id, from_status, to_status });
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:02", "session.message", { session_id: "s-1", role: "機器人", response_time_ms: 900 }],
    ["09:05:00", "session.end", { session_id: "s-1", reason: "已解決" }],
    ["09:00:00", "session.start", { session_id: "s-2" }],
    ["09:00:02", "session.message", { session_id: "s-2", role: "ＡＩ" }],
    ["09:00:05", "session.message", { session_id: "s-2", role: "座席" }],
    ["09:00:00", "session.start", { session_id: "s-3" }],
    ["09:00:02", "session.message", { session_id: "s-3", role: "Virtual Assistant" }],
    ["09:05:00", "session.end", { session_id: "s-3", reason: "未解決" }],
    ["08:00:00", "agent.login", { agent_id: 7 }],
    ["09:00:00", "agent.status_change", { agent_id: 7, from_status: "示闲", to_status: "示忙" }],
    ["10:00:00", "agent.status_change", { agent_id: 7, from_status: "After-Call Work", to_status: "離席" }],
    ["08:00:00", "ticket.created", { ticket_id: 1 }],
    ["09:00:00", "ticket.status_changed", change(1, "處理中", "已结案")],
    ["08:00:00", "ticket.created", { ticket_id: 2 }],
    ["09:00:00", "ticket.status_changed", change(2, "待受理", "Rejected")],
  );
  const { of, document } = await october();
  expect(of).toMatchObject({
    ai_resolved_confirmed: 1,
    outcome_ai_assisted: 1,
    outcome_not_resolved: 1,
    tickets_resolved: 2,
  });
  expect(document.notes.map(({ code }: { code: string }) => code)).not.toContain("unknown_word");
  const { rows } = await receiver.database.pool.query(
    "select state from analytics_agent_states where kind = 'status' order by changed_at",
  );
  expect(rows).toEqual([{ state: "busy" }, { state: "away" }]);
});
