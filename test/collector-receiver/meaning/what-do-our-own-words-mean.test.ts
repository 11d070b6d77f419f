import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { openScenario } from "./open-scenario.ts";

test("words of the product in spanledger.config.ts are understood: its AI, its end, its status, its pause", async () => {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, "spanledger.config.ts");
  writeFileSync(
    file,
    `export default {
      words: {
        role: { ai: ["小蜜"], agent: ["Kundenberater"] },
        end_reason: { failed: ["abgebrochen"] },
        ticket_status: { closed: ["erledigt"] },
      },
    };`,
  );
  const { tell, october } = await openScenario({ SPANLEDGER_CONFIG: file });
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:05", "session.message", { session_id: "s-1", role: " 小蜜 " }],
    ["09:01:00", "session.end", { session_id: "s-1", reason: "resolved" }],
    ["10:00:00", "session.start", { session_id: "s-2" }],
    ["10:00:05", "session.message", { session_id: "s-2", role: "小蜜" }],
    ["10:00:09", "session.message", { session_id: "s-2", role: "KUNDENBERATER" }],
    ["10:01:00", "session.end", { session_id: "s-2" }],
    ["11:00:00", "session.start", { session_id: "s-3" }],
    ["11:00:05", "session.message", { session_id: "s-3", role: "小蜜" }],
    ["11:01:00", "session.end", { session_id: "s-3", reason: "Abgebrochen" }],
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["12:00:00", "ticket.status_changed", { ticket_id: 1, from_status: "neu", to_status: "Erledigt" }],
  );
  const { of } = await october();
  expect(of).toMatchObject({
    ai_resolved_sessions: 1,
    // The catalogue's words of a list that has own ones keep their meaning.
    ai_resolved_confirmed: 1,
    outcome_ai_assisted: 1,
    outcome_not_resolved: 1,
    outcome_unanswered: 0,
    tickets_resolved: 1,
  });
});
