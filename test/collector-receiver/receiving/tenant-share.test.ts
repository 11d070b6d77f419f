import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const tokens = { a: "ingest-token-of-brand-a", b: "ingest-token-of-brand-b" };

test("while PostgreSQL hangs, a tenant that floods the receiver is told so, and another tenant's events still get in", async () => {
  const { url, database } = await startTestReceiver({
    INGEST_TOKENS: `brand-a:${tokens.a},brand-b:${tokens.b}`,
    MAX_QUEUE_BYTES: String(1024 * 1024),
  });
  const owner = new pg.Client({ connectionString: database.connectionString });
  owner.on("error", () => {});
  await owner.connect();
  onTestFinished(() => owner.end());
  await owner.query("begin; lock table analytics_business_metrics in exclusive mode");

  let sent = 0;
  const post = (token: string, channelLength: number) =>
    fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: tracesWith(
        Array.from({ length: 20 }, () => ({
          name: "session.start",
          attributes: { session_id: `s-${sent++}`, channel: "x".repeat(channelLength) },
        })),
      ),
    });
  const held = async (): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^spanledger_queue_bytes (\d+)$/m.exec(text)?.[1]);
  };
  // Some 210 kB each: two are less than half a MiB, three are more.
  const flood = [post(tokens.a, 10_000), post(tokens.a, 10_000)];
  await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(400_000);
  const refused = await post(tokens.a, 10_000);
  expect([refused.status, refused.headers.has("retry-after")]).toEqual([503, true]);
  expect(((await refused.json()) as { message: string }).message).toMatch(
    /^tenant_(?:queue_full|too_many_requests): \d+ bytes .*brand-a/,
  );
  const other = post(tokens.b, 10_000);
  await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(600_000);
  await owner.query("rollback");
  expect((await Promise.all([...flood, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await held()).toBe(0);
});
