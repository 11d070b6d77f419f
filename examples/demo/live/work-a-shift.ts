import type { SeededRandom } from "../history/seeded-random.ts";
import type { ProductClient, TrafficCounts } from "./call-product.ts";
import { pause } from "./pause.ts";
import { workOnTicket } from "./work-on-ticket.ts";

/** Sessions that a colleague has passed on, by the agent who has them now. */
export type Mailboxes = Map<number, string[]>;

export interface ShiftPlan {
  readonly username: string;
  readonly password: string;
  readonly workbench: ProductClient;
  readonly mailboxes: Mailboxes;
  readonly closing: AbortSignal;
}

/** One agent from login to logout: takes who waits, answers, passes on, releases, writes tickets. */
export async function workAShift(plan: ShiftPlan, random: SeededRandom, counts: TrafficCounts): Promise<void> {
  const { workbench, closing } = plan;
  const login = await workbench.call("POST", "/api/auth/login", {
    body: { username: plan.username, password: plan.password },
  });
  if (login === null) return;
  counts.shifts += 1;
  const token = login["token"] as string;
  const agentId = (login["agent"] as { id: number }).id;
  const mailbox: string[] = [];
  plan.mailboxes.set(agentId, mailbox);
  const setStatus = (status: string): Promise<unknown> =>
    workbench.call("PUT", "/api/auth/status", { token, body: { status } });

  while (!closing.aborted) {
    const passedOn = mailbox.shift();
    const sessionId = passedOn ?? (await takeOverNext(workbench, token));
    if (sessionId === null) {
      if (random.chance(0.06)) await workOnTicket(workbench, token, agentId, null, random, closing);
      if (random.chance(0.04)) {
        await setStatus("away");
        await pause(random.logNormal(1_500, 0.4), closing);
        await setStatus("online");
      }
      await pause(700, closing);
      continue;
    }
    await setStatus("busy");
    const messages = random.integer(1, 4);
    for (let message = 0; message < messages && !closing.aborted; message++) {
      await pause(random.logNormal(500, 0.5), closing);
      const text = random.pick([
        "您好，我来帮您处理。",
        "请稍等，我查一下。",
        "This is fixed now, anything else?",
      ] as const);
      await workbench.call("POST", `/api/sessions/${sessionId}/messages`, { token, body: { message: text } });
    }
    const colleague = random.pick([...plan.mailboxes.keys()]);
    if (passedOn === undefined && colleague !== agentId && random.chance(0.2) && !closing.aborted) {
      await workbench.call("POST", `/api/sessions/${sessionId}/transfer`, {
        token,
        body: { target_agent_id: colleague, reason: random.pick(["language", "expertise"] as const) },
      });
      plan.mailboxes.get(colleague)?.push(sessionId);
    } else {
      await workbench.call("POST", `/api/sessions/${sessionId}/release`, { token });
      if (random.chance(0.35)) await workOnTicket(workbench, token, agentId, sessionId, random, closing);
    }
    await setStatus("online");
  }
  plan.mailboxes.delete(agentId);
  await workbench.call("POST", "/api/auth/logout", { token });
}

/** Another agent may be faster: then (409) there is none for us this time. */
async function takeOverNext(workbench: ProductClient, token: string): Promise<string | null> {
  const waiting = (await workbench.call("GET", "/api/sessions/waiting", { token })) as unknown as
    | { session_id: string }[]
    | null;
  const next = waiting?.[0]?.session_id;
  if (next === undefined) return null;
  const taken = await workbench.call("POST", `/api/sessions/${next}/takeover`, { token, allowed: [409] });
  return taken === null ? null : next;
}
