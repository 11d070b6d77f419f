import type { SeededRandom } from "../history/seeded-random.ts";
import type { ProductClient } from "./call-product.ts";
import { pause } from "./pause.ts";

/** A ticket from its creation to its close; mail was written hours before it is read. */
export async function workOnTicket(
  workbench: ProductClient,
  token: string,
  agentId: number,
  sessionId: string | null,
  random: SeededRandom,
  closing: AbortSignal,
): Promise<void> {
  const receivedAt = new Date(Date.now() - random.logNormal(3.5 * 3_600_000, 0.8)).toISOString();
  const created = await workbench.call("POST", "/api/tickets", {
    token,
    body: {
      subject: random.pick(["刹车异响", "Return of a battery", "发票抬头修改", "Display stays dark"] as const),
      type: random.pick(["inquiry", "return", "repair", "delivery"] as const),
      priority: random.pick(["high", "normal", "normal", "low"] as const),
      ...(sessionId === null
        ? { source: "email", received_at: receivedAt }
        : { source: "chat", session_id: sessionId }),
    },
  });
  if (created === null) return;
  const path = `/api/tickets/${String(created["ticket_id"])}`;
  await workbench.call("POST", `${path}/assign`, { token, body: { agent_id: agentId } });
  await workbench.call("PATCH", path, { token, body: { status: "in_progress" } });
  await pause(random.logNormal(900, 0.5), closing);
  if (random.chance(0.9)) await workbench.call("POST", `${path}/close`, { token });
}
