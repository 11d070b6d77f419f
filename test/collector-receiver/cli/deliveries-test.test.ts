import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { answerAsSlack, slackProblem } from "../delivery/chat-sinks.ts";
import { startSink, type Sink } from "../delivery/start-sink.ts";

const program = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));

async function openSink(...answer: Parameters<typeof startSink>): Promise<Sink> {
  const sink = await startSink(...answer);
  onTestFinished(() => sink.close());
  return sink;
}

/** Runs `spanledger deliveries test` in a folder with this config. */
async function runWith(config: string | null, variables: Record<string, string>, ...words: string[]) {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  if (config !== null) writeFileSync(join(folder, "spanledger.config.ts"), config);
  const run = promisify(execFile)(process.execPath, [program, "deliveries", "test", ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...variables },
  });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}

const config = `import { defineSpanledger } from "@spanledger/collector-receiver";
export default defineSpanledger({
  targets: {
    team: { type: "slack", url: { env: "TEAM_URL" }, locale: "en", allowPrivate: true },
    hook: { type: "webhook", url: { env: "HOOK_URL" }, secret: { env: "HOOK_SECRET" }, allowPrivate: true },
    unset: { type: "wecom", url: { env: "NOT_SET" } },
  },
});
`;

test("spanledger deliveries test sends a sample to every target, and says which were not reached", async () => {
  const team = await openSink(answerAsSlack);
  const hook = await openSink(() => ({ status: 503 }));
  const variables = {
    TEAM_URL: `${team.url}/services/very-secret`,
    HOOK_URL: `${hook.url}/very-secret`,
    HOOK_SECRET: "very-secret",
    PUBLIC_URL: "https://reports.example/spanledger/",
  };
  const { code, stdout, stderr } = await runWith(config, variables);
  expect(stdout).toBe(
    "team (slack): sent.\n" +
      "hook (webhook): not sent. The target answered 503.\n" +
      "unset (wecom): not sent. The variable NOT_SET is not set. Set it, and start the receiver again.\n",
  );
  expect(code).toBe(1);
  expect(stdout + stderr).not.toContain("very-secret");
  const [sent] = team.received;
  expect(slackProblem(sent!.body)).toBeNull();
  expect(sent!.body).toContain("<https://reports.example/spanledger/report|Open the numbers>");
  // The language of the receiver, since the target names none.
  expect(hook.received[0]!.body).toContain("测试消息");

  const one = await runWith(config, variables, "--target", "team");
  expect(one).toMatchObject({ code: 0, stdout: "team (slack): sent.\n" });
  expect(team.received).toHaveLength(2);
});

test("without targets, or with an unknown one, it says what to do", async () => {
  const wrong = await runWith(config, {}, "--target", "boss");
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain('There is no target "boss" in the config; known are: team, hook, unset.');
  const none = await runWith(null, {});
  expect(none.code).toBe(1);
  expect(none.stderr).toContain("There is no spanledger.config in this folder: add targets to it");
});
