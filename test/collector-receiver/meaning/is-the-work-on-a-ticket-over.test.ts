import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

const backlogOf = async (url: string): Promise<number | null | undefined> => {
  const answer = await fetch(`${url}/api/analytics/operations?month=2025-10`);
  const { metrics } = (await answer.json()) as { metrics: Record<string, { value: number | null }> };
  return metrics["ticket_backlog"]?.value;
};

test("a ticket whose status says that it is over is not in the backlog, in either language", async () => {
  const { tell, october, receiver } = await openScenario();
  const over = ["已解决", " 已关闭 ", "canceled", "Cancelled", "merged", "archived", "已合并"];
  const open = ["处理中", "pending", "on hold", "a word of our own"];
  for (const [i, to_status] of [...over, ...open].entries()) {
    await tell(
      ["09:00:00", "ticket.created", { ticket_id: i + 1 }],
      ["10:00:00", "ticket.status_changed", { ticket_id: i + 1, from_status: "open", to_status }],
    );
  }
  expect(await backlogOf(receiver.url)).toBe(open.length);
  // And one that is opened again is.
  await tell(["11:00:00", "ticket.status_changed", { ticket_id: 1, from_status: "已解决", to_status: "处理中" }]);
  expect(await backlogOf(receiver.url)).toBe(open.length + 1);
  await october();
});
