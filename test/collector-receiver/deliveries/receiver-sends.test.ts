import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { openAlerts } from "./judged.ts";
import { enqueue, keyOf, openSink, statesIn } from "./outbox.ts";

/** A config that the test removes, and the secret of its targets. */
async function writeConfig(config: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-targets-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "spanledger.config.mjs");
  await writeFile(file, `export default ${JSON.stringify(config)};`);
  vi.stubEnv("OPS_SECRET", "secret of the test");
  onTestFinished(() => void vi.unstubAllEnvs());
  return file;
}

test("a receiver that was down when a message was due sends it when it starts, once, to the target of its config", async () => {
  const database = await useTestDatabase();
  const sink = await openSink();
  // A receiver goes by PostgreSQL's clock, and forgets what is old.
  await enqueue(database, ["2026-11-29 firing"], ["ops"], Date.now() - 60_000);
  const target = { type: "webhook", url: sink.url, secret: { env: "OPS_SECRET" }, allowPrivate: true };
  const file = await writeConfig({ targets: { ops: target } });
  // Two receivers at once.
  await Promise.all([1, 2].map(() => startTestReceiver({ SPANLEDGER_CONFIG: file }, database)));
  await vi.waitFor(async () => expect(await statesIn(database)).toEqual(["sent"]), { timeout: 60_000, interval: 50 });
  expect(sink.received.map(keyOf)).toHaveLength(1);
});

test("alerts of a config are judged by a receiver and sent to its targets, once by two receivers", async () => {
  const { database, day, goal } = await openAlerts({});
  const { pool } = database;
  await goal("ai_resolution_rate", ">=", 85, "2020-01-01");
  const today = new Date().toISOString().slice(0, 10);
  for (let back = 10; back >= 0; back--) await day(addDays(today, -back), 100, 70);
  const sink = await openSink();
  const target = { type: "webhook", url: sink.url, secret: { env: "OPS_SECRET" }, locale: "zh-CN", allowPrivate: true };
  const alerts = { resolution: { kind: "goal", metric: "ai_resolution_rate", to: ["ops"] } };
  const file = await writeConfig({ targets: { ops: target }, alerts });
  await Promise.all(
    [1, 2].map(() => startTestReceiver({ SPANLEDGER_CONFIG: file, PUBLIC_URL: "https://r.example/" }, database)),
  );
  await vi.waitFor(async () => expect(await statesIn(database)).toEqual(["sent"]), { timeout: 60_000, interval: 50 });
  expect(sink.received).toHaveLength(1);
  const { type, data } = JSON.parse(sink.received[0]?.body ?? "");
  expect(type).toBe("alert.firing");
  expect(data).toMatchObject({ locale: "zh-CN", link: expect.stringContaining("https://r.example/report?from=") });
  const { rows } = await pool.query("select definition, firing_since from analytics_alerts where rule = 'resolution'");
  expect(rows).toEqual([{ definition: null, firing_since: expect.any(Date) }]);
});
