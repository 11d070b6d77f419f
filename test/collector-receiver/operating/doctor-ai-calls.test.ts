import { expect, test } from "vitest";
import { checkAiCalls } from "../../../collector-receiver/src/operating/doctor/check-ai-calls.ts";
import { openPlainConnection } from "../../../collector-receiver/src/storage/wire/open-plain-connection.ts";
import { openScenario } from "../meaning/open-scenario.ts";

test("doctor names answers that two instrumentations counted, and who wrote the calls", async () => {
  const { tell, receiver } = await openScenario();
  const client = await openPlainConnection(receiver.database.connectionString, 20_000);
  const check = () => checkAiCalls(client);
  try {
    expect(await check()).toEqual(["ok", "none are recorded"]);
    const call = (answer: string, over: object = {}) => ({ model: "m", response_id: answer, ...over });
    await tell(
      ["09:00:00", "ai.call", call("r-1")],
      ["09:00:01", "ai.call", call("r-2")],
      ["09:00:02", "ai.call", { model: "m" }],
      ["09:00:03", "ai.call", { model: "m" }],
    );
    expect(await check()).toEqual([
      "ok",
      "no answer is counted twice in the last days (default: 4 by recorded as ai.call)",
    ]);
    await tell(
      ["09:00:04", "ai.call", call("r-1", { scope: "openai-v2" })],
      ["09:00:05", "ai.call", call("r-3", { scope: "openai-v2" })],
    );
    const [outcome, text] = await check();
    expect(outcome).toBe("warning");
    expect(text).toContain(
      "default: 1 answer counted more than once by recorded as ai.call and openai-v2, such as r-1",
    );
    expect(text).toContain("default: 4 by recorded as ai.call; default: 2 by openai-v2");
    expect(text).toContain("aiCalls.ignoreScopes");
  } finally {
    await client.end();
  }
});
