import type { SeededRandom } from "../history/seeded-random.ts";
import type { ProductClient } from "./call-product.ts";
import { pause } from "./pause.ts";

const questions = [
  "你好，请问 D4S 还有货吗？",
  "我想了解一下电池续航",
  "退货流程是怎样的？",
  "Hello, how long does shipping to Germany take?",
  "What does the warranty cover?",
  "Can I pay with Klarna?",
  "轮胎多久换一次",
  "谢谢！",
] as const;

/** A customer: a few questions, an order or a parcel now and then, a human for some, mostly a goodbye. */
export async function visitChatbot(chatbot: ProductClient, random: SeededRandom, closing: AbortSignal): Promise<void> {
  const user_id = `u-live-${random.integer(1, 400)}`;
  const channel = random.pick(["web", "app", "api", "whatsapp"] as const);
  let sessionId: string | undefined;

  if (random.chance(0.15)) await trackParcel(chatbot, random);
  const say = async (message: string): Promise<void> => {
    const body = { message, user_id, channel, ...(sessionId === undefined ? {} : { session_id: sessionId }) };
    if (channel === "web" || channel === "app") {
      sessionId = (await chatbot.stream("/api/chat/stream", body)) ?? sessionId;
    } else {
      const answer = await chatbot.call("POST", "/api/chat", { body });
      if (typeof answer?.["session_id"] === "string") sessionId = answer["session_id"];
    }
  };

  const turns = random.integer(1, 4);
  for (let turn = 0; turn < turns; turn++) {
    await say(nextMessage(random));
    await pause(random.logNormal(700, 0.6), closing);
    if (closing.aborted) break;
  }
  if (sessionId === undefined) return;
  if (random.chance(0.22)) {
    if (random.chance(0.5))
      await say(random.pick(["我要转人工客服", "我要投诉！", "I want to speak to a human"] as const));
    else await chatbot.call("POST", `/api/sessions/${sessionId}/escalate`);
    // The customer stays until an agent has had time to answer.
    await pause(random.logNormal(6_000, 0.3), closing);
  }
  if (random.chance(0.8)) {
    await chatbot.call("POST", `/api/sessions/${sessionId}/end`, { body: { reason: "customer_closed" } });
  }
}

function nextMessage(random: SeededRandom): string {
  const order = `FD${random.chance(0.95) ? random.integer(10_000, 89_999) : random.integer(90_000, 99_999)}`;
  const parcel = `${random.pick(["YT", "JD", "LP"] as const)}${random.integer(1_000_000_000, 9_999_999_999)}`;
  return random.weighted([
    [random.pick(questions), 60],
    [`查询订单 ${order}`, 14],
    [`Where is my order ${order}?`, 8],
    [`物流单号 ${parcel} 到哪了`, 18],
  ]);
}

async function trackParcel(chatbot: ProductClient, random: SeededRandom): Promise<void> {
  const prefix = random.weighted([
    ["YT", 6],
    ["JD", 3],
    ["XX", 0.3],
  ] as const);
  await chatbot.call("GET", `/api/tracking/${prefix}${random.integer(1_000_000_000, 9_999_999_999)}`, {
    allowed: [404],
  });
}
