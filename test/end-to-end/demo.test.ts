import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { businessEventNames } from "./business-event-names.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { DATABASE_URL: _, ...environment } = process.env;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run demo -- …`, without npm's own heading on stdout. */
function runDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      "npm",
      ["run", "--silent", "demo", "--", ...args],
      { cwd: root, env: { ...environment, NODE_ENV: "production", ...env }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

let dataFolder = "";
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "spanledger-demo-"));
});
afterAll(() => rm(dataFolder, { recursive: true, force: true }));

describe("npm run demo -- --once --json", () => {
  const once = (...more: string[]): Promise<Outcome> =>
    runDemo(["--once", "--json", "--ports", "auto", "--data-folder", dataFolder, "--live-seconds", "8", ...more]);

  test("sends thirteen months and live traffic; sent, stored and counted agree, and verify finds no drift", async () => {
    const { code, stdout, stderr } = await once();
    expect(stdout, stderr).not.toBe("");
    const result = JSON.parse(stdout);
    const differing = result.events.filter((line: { agrees: boolean }) => !line.agrees);
    expect({ differing, verify: result.verify.output }, stderr).toEqual({
      differing: [],
      verify: expect.stringContaining("drift 0"),
    });
    expect(code, stderr).toBe(0);
    const way = (await findCollector()) === undefined ? "direct" : "collector";
    expect(stderr).toContain(`Events go products → ${way === "direct" ? "" : "Collector → "}receiver`);
    expect(result).toMatchObject({
      sample_data: true,
      way,
      agrees: true,
      unexpected_answers: [],
      verify: { exitCode: 0 },
    });
    expect(result.events.map((line: { event: string }) => line.event)).toEqual(
      [
        ...businessEventNames,
        "session.feedback",
        "ai.call",
        ...["input", "cached_input", "output"].map((kind) => `ai.call ${kind}_tokens`),
      ].toSorted(),
    );
    for (const line of result.events) {
      expect(line.before).toBe(0);
      expect(line.sent).toBeGreaterThan(0);
      expect([line.stored, line.counted]).toEqual([line.sent, line.sent]);
    }
    // Pages and files are made in threads of the receiver, which load what the demo loads into its processes.
    expect(result.report).toEqual({ "/report": 200, "/report.csv": 200, "/report.pdf": 200 });
    // The prices hold for all thirteen months.
    expect(result.ai_costs.last_month).toMatchObject({ at_least: false, unpriced_tokens: 0 });
    const costs = result.ai_costs.last_month;
    expect(costs.ai_spend).toBeGreaterThan(10);
    expect(costs.spend_per_ai_resolved_session).toBeGreaterThan(0.01);
    expect(costs.net_saved).toBeCloseTo(costs.estimated_cost_saved - costs.ai_spend, 6);
    expect(result.ai_costs.this_month).toMatchObject({ at_least: false, unpriced_tokens: 0 });
    expect(result.live.visits).toBeGreaterThan(0);
    expect(result.live.shifts).toBe(3);
    const { last_month } = result.case_study;
    expect(last_month.highlights.total_customers_served).toBeGreaterThan(1_000);
    expect(last_month.highlights.ai_resolution_rate).toMatch(/^\d\d\.\d%$/);
    expect(last_month.agent_workbench.tickets_resolved).toBeGreaterThan(50);
    expect(stderr).toContain("All stopped.");
  }, 300_000);

  test("a second start continues with the stored data, also without the Collector", async () => {
    const { code, stdout, stderr } = await once("--direct");
    expect({ code, stdout: code === 0 ? "" : stdout }, stderr).toEqual({ code: 0, stdout: "" });
    expect(JSON.parse(stdout)).toMatchObject({ way: "direct", agrees: true });
    expect(stderr).toContain("Events go products → receiver (--direct)");
    const starts = JSON.parse(stdout).events.find((line: { event: string }) => line.event === "session.start");
    expect(starts.before).toBeGreaterThan(1_000);
    // Live traffic, and the few minutes of history since the first start.
    expect(starts.sent).toBeLessThan(200);
    expect(starts.stored).toBe(starts.before + starts.sent);
  }, 300_000);

  test("a counter that is off: verify says so, and the exit code is 1", async () => {
    const server = await startEmbeddedPostgres({ dataFolder });
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    // Of a month that no live traffic touches.
    await client.query(
      "update analytics_business_metrics set total_messages = total_messages + 1 where (period_type, period_value) = (select 'month', min(period_value) from analytics_business_metrics where period_type = 'month')",
    );
    await client.end();
    await server.stop();
    const { code, stdout, stderr } = await once("--direct", "--live-seconds", "1");
    const result = JSON.parse(stdout);
    expect({ code, agrees: result.agrees, verify: result.verify.exitCode }, stderr).toEqual({
      code: 1,
      agrees: false,
      verify: 1,
    });
    expect(result.verify.output).toContain("total_messages");
    expect(result.events.filter((line: { agrees: boolean }) => !line.agrees)).toEqual([]);
  }, 300_000);
});

test("a foreign DATABASE_URL is refused before anything starts", async () => {
  const { code, stderr } = await runDemo(["--once"], { DATABASE_URL: "postgresql://someone@example.org/production" });
  expect(code).toBe(1);
  expect(stderr).toContain("unset DATABASE_URL");
  expect(stderr).not.toContain("Starting PostgreSQL");
});

test("a port that is taken is named", async (context) => {
  const server = createServer();
  const bound = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(8002, "127.0.0.1", () => resolve(true));
  });
  // Somebody else has it: as good for this test.
  if (bound) context.onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { code, stderr } = await runDemo(["--once", "--data-folder", dataFolder]);
  expect(code).toBe(1);
  expect(stderr).toContain("8002 (for the workbench)");
});
