import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { enqueue, keyOf, openSink, statesIn } from "./outbox.ts";

test("a receiver that was down when a message was due sends it when it starts, once, to the target of its config", async () => {
  const database = await useTestDatabase();
  const sink = await openSink();
  await enqueue(database, ["2026-11-29 firing"]);
  const folder = await mkdtemp(join(tmpdir(), "spanledger-targets-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "spanledger.config.mjs");
  const target = {
    type: "webhook",
    url: sink.url,
    secret: { env: "OPS_SECRET" },
    allowPrivate: true,
  };
  await writeFile(file, `export default { targets: { ops: ${JSON.stringify(target)} } };`);
  vi.stubEnv("OPS_SECRET", "secret of the test");
  onTestFinished(() => void vi.unstubAllEnvs());
  // Two receivers at once.
  await Promise.all([1, 2].map(() => startTestReceiver({ SPANLEDGER_CONFIG: file }, database)));
  await vi.waitFor(async () => expect(await statesIn(database)).toEqual(["sent"]), { timeout: 60_000, interval: 50 });
  expect(sink.received.map(keyOf)).toHaveLength(1);
});
