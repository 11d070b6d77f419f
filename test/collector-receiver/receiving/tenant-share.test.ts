import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import { lockTenantsAlone } from "../../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
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
  expect([refused.status, refused.headers.has("retry-after")]).toEqual([429, true]);
  expect(((await refused.json()) as { message: string }).message).toMatch(
    /^tenant_(?:queue_full|too_many_requests): \d+ bytes .*brand-a/,
  );
  const other = post(tokens.b, 10_000);
  await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(600_000);
  await owner.query("rollback");
  expect((await Promise.all([...flood, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await held()).toBe(0);
});

test.each([
  ["a gateway's token", { INGEST_TOKENS: `brand-a|brand-b:${tokens.a}` }],
  ["no token", {}],
])(
  "with %s, the body says whose events they are: a tenant that floods is refused, and the other is not",
  async (_title, environment) => {
    const { url, database } = await startTestReceiver({ ...environment, MAX_QUEUE_BYTES: String(1024 * 1024) });
    let sent = 0;
    const post = (tenant: string, channelLength = 100) => {
      const events = Array.from({ length: 20 }, () => ({
        name: "session.start",
        attributes: { session_id: `s-${sent++}`, channel: "x".repeat(channelLength) },
      }));
      return fetch(`${url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${tokens.a}` },
        body: tracesWith(events, { resource: { "spanledger.tenant": tenant } }),
      });
    };
    expect((await Promise.all([post("brand-a"), post("brand-b")])).map(({ status }) => status)).toEqual([200, 200]);
    const connection = await openWriterConnection(database.connectionString);
    onTestFinished(() => connection.end());
    await connection.query("begin");
    await lockTenantsAlone(connection, ["brand-a"]);
    // Some 210 kB each.
    const flood = Promise.all(Array.from({ length: 12 }, () => post("brand-a", 10_000)));
    for (let i = 0; i < 20; i++) expect((await post("brand-b")).status).toBe(200);
    await connection.query("commit");
    const statuses = (await flood).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const counted = await database.pool.query(
      "select tenant_id, total_sessions::int from analytics_business_metrics where period_type = 'month' order by 1",
    );
    const taken = statuses.filter((status) => status === 200).length;
    expect(counted.rows).toEqual([
      { tenant_id: "brand-a", total_sessions: 20 + taken * 20 },
      { tenant_id: "brand-b", total_sessions: 21 * 20 },
    ]);
  },
);
