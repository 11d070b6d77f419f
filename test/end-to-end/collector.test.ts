import { execFile } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { Pool } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import {
  collectorConfig,
  startCollector,
  type CollectorOptions,
  type RunningCollector,
} from "../../deploy/collector/start-collector.ts";
import { describeWith } from "../support/describe-with.ts";
import { logsWith, tracesWith } from "../support/otlp-json.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const run = promisify(execFile);
const severalTenants = fileURLToPath(new URL("../../deploy/collector/several-tenants.yaml", import.meta.url));
const session = (id: string) => ({ name: "session.start", attributes: { session_id: id } });

/** A line of htpasswd: the name and the SHA-1 of the password. */
function entry(name: string, password: string): string {
  return `${name}:{SHA}${createHash("sha1").update(password).digest("base64")}`;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-collector-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

async function start(options: CollectorOptions): Promise<RunningCollector> {
  const collector = await startCollector(options);
  onTestFinished(() => collector.stop());
  return collector;
}

async function send(url: string, path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** What a source says of itself from time to time: how far its numbers went. */
function reportOf(sourceId: string): string {
  const body = JSON.parse(tracesWith([session("x")], { scope: "@spanledger/sdk" }));
  const [span] = body.resourceSpans[0].scopeSpans[0].spans;
  span.name = "spanledger.source.report";
  span.events = [];
  span.attributes = [
    { key: reservedAttributes.sourceId, value: { stringValue: sourceId } },
    { key: reservedAttributes.sourceLastSeq, value: { intValue: "7" } },
  ];
  return JSON.stringify(body);
}

async function sessionsOf(pool: Pool, tenant = "default"): Promise<string[]> {
  const { rows } = await pool.query<{ session_id: string }>(
    "select session_id from analytics_events where tenant_id = $1 order by session_id",
    [tenant],
  );
  return rows.map((row) => row.session_id);
}

async function untilStored(pool: Pool, events: number): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ events: number }>("select count(*)::int as events from analytics_events");
    if ((rows[0]?.events ?? 0) >= events) return;
    await sleep(50);
  }
}

describeWith("an OpenTelemetry Collector (npm run setup)", await findCollector(), (program) => {
  test("the deployed configuration and the one for several tenants are valid", async () => {
    const env = { ...process.env, PRODUCTS_HTPASSWD_FILE: "/dev/null" };
    await run(program(), ["validate", "--config", collectorConfig], { env });
    await run(program(), ["validate", "--config", collectorConfig, "--config", severalTenants], { env });
  });

  test("business events reach the receiver from any scope and signal, and nothing else does", async () => {
    const { url, database } = await startTestReceiver();
    const folder = await newFolder();
    const overlay = join(folder, "detailed.yaml");
    await writeFile(overlay, "exporters: { debug/backend: { verbosity: detailed } }\n");
    const collector = await start({ program: program(), folder, receiverUrl: url, overlays: [overlay] });
    const mark = () => ({ "spanledger.event.id": randomUUID() });
    const marked = { name: "checkout.finished", attributes: { ...mark(), session_id: "marked-custom" } };
    const markedLog = { name: "checkout.finished", attributes: { ...mark(), session_id: "marked-log" } };
    const ordinary = { name: "cache.miss", attributes: {} };
    const ours = { scope: "@spanledger/sdk" };
    const post = async (path: string, body: string) => expect(await send(collector.url, path, body)).toBe(200);
    // What is business stands beside what is not in one request.
    await post("/v1/traces", tracesWith([session("by-name"), ordinary, marked]));
    await post("/v1/traces", tracesWith([session("by-scope")], ours));
    await post("/v1/logs", logsWith([session("log-by-name"), ordinary, markedLog]));
    await post("/v1/logs", logsWith([session("log-by-scope")], ours));
    // A report of our SDK: a carrier that carries no event.
    await post("/v1/traces", reportOf("a-source"));
    const stored = ["by-name", "by-scope", "log-by-name", "log-by-scope", "marked-custom", "marked-log"];
    await untilStored(database.pool, stored.length);
    expect(await sessionsOf(database.pool)).toEqual(stored);
    await expect
      .poll(async () => (await database.pool.query("select source_id from analytics_sources")).rows, {
        timeout: 20_000,
      })
      .toEqual([{ source_id: "a-source" }]);

    await collector.stop();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics, "what is not business stays at the Collector").toMatch(
      /^spanledger_ignored_total\{reason="foreign_name"\} 0$/m,
    );
    // The backend got everything but the carriers and log records of our SDK, as the products sent it.
    const said = await readFile(collector.logFile, "utf8");
    const atBackend = (kind: string, unit: string): number =>
      [...said.matchAll(new RegExp(`\\t${kind}\\t.*"${unit}": (\\d+)`, "g"))].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
    expect([atBackend("Traces", "spans"), atBackend("Logs", "log records")]).toEqual([3, 3]);
    expect(said).toContain("cache.miss");
    expect(said).not.toContain("spanledger.business");
  });

  test.each(["proto", "json"])(
    "calls of models are copied without what was said, and the backend gets all (%s)",
    async (encoding) => {
      const configFolder = await newFolder();
      const definitions = join(configFolder, "spanledger.config.ts");
      await writeFile(definitions, 'export default { aiCalls: { services: ["chatbot"] } };\n');
      const { url, database } = await startTestReceiver({ SPANLEDGER_CONFIG: definitions });
      const folder = await newFolder();
      const overlay = join(folder, "detailed.yaml");
      await writeFile(
        overlay,
        `exporters: { debug/backend: { verbosity: detailed }, otlp_http/spanledger: { encoding: ${encoding} } }\n`,
      );
      const collector = await start({ program: program(), folder, receiverUrl: url, overlays: [overlay] });
      const call = (id: string, attributes: Record<string, string | number>, over: object = {}) => ({
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: id.repeat(16),
        name: "chat",
        kind: 3,
        startTimeUnixNano: "1766000000000000000",
        endTimeUnixNano: "1766000001500000000",
        attributes: Object.entries(attributes).map(([key, value]) => ({
          key,
          value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
        })),
        events: [],
        ...over,
      });
      const said = (name: string) => ({
        name,
        timeUnixNano: "1766000001000000000",
        attributes: [{ key: "gen_ai.prompt", value: { stringValue: "SAID of an event" } }],
      });
      const usage = { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, session_id: "s-1" };
      const started = {
        name: "session.start",
        timeUnixNano: "1766000000500000000",
        attributes: [{ key: "session_id", value: { stringValue: "s-1" } }],
      };
      const spans = [
        call("a", {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "m",
          "gen_ai.input.messages": "SAID a prompt",
          "llm.input_messages.0.message.content": "SAID too",
          ...usage,
        }),
        call(
          "b",
          { "ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m", "ai.prompt": "SAID", ...usage },
          {
            traceState: "other=1,ot=th:8;rv:abcdefabcdefab",
          },
        ),
        call(
          "c",
          { "llm.request.type": "chat", "gen_ai.prompt.0.content": "SAID", ...usage },
          {
            traceState: "ot=th:0",
            status: { code: 2, message: "SAID in an error" },
            events: [said("gen_ai.content.prompt"), said("exception"), started],
          },
        ),
        call("d", { "openinference.span.kind": "LLM", "llm.model_name": "m", "input.value": "SAID", ...usage }),
        call("e", { "http.request.method": "GET", "url.path": "/SAID-nothing" }),
      ];
      const resource = { attributes: [{ key: "service.name", value: { stringValue: "chatbot" } }] };
      const body = JSON.stringify({
        resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "a-library" }, spans }] }],
      });
      expect(await send(collector.url, "/v1/traces", body)).toBe(200);
      await untilStored(database.pool, 5);
      const { rows } = await database.pool.query<{ event_name: string; event_data: Record<string, unknown> }>(
        "select event_name, event_data from analytics_events order by event_name, span_id",
      );
      expect(rows.map(({ event_name: name }) => name)).toEqual([...Array(4).fill("ai.call"), "session.start"]);
      expect(JSON.stringify(rows)).not.toContain("SAID");
      const calls = rows.slice(0, 4).map(({ event_data: data }) => data);
      for (const data of calls) expect(data).toMatchObject({ input_tokens: 10, output_tokens: 5, session_id: "s-1" });
      expect(calls.map((data) => data["sampled"] ?? false)).toEqual([false, true, false, false]);
      expect(calls.map((data) => data["error"])).toEqual([false, false, true, false]);
      await collector.stop();
      const atBackend = await readFile(collector.logFile, "utf8");
      for (const part of ["SAID a prompt", "SAID too", "SAID of an event", "SAID in an error", "/SAID-nothing"])
        expect(atBackend).toContain(part);
      expect(atBackend).not.toContain("spanledger.ai_call");
    },
  );

  test.each(["proto", "json"])("the Collector's own exporter in the encoding %s", async (encoding) => {
    const { url, database } = await startTestReceiver();
    const folder = await newFolder();
    const overlay = join(folder, "encoding.yaml");
    await writeFile(overlay, `exporters: { otlp_http/spanledger: { encoding: ${encoding} } }\n`);
    const collector = await start({ program: program(), folder, receiverUrl: url, overlays: [overlay] });
    expect(await send(collector.url, "/v1/traces", tracesWith([session("of-a-span")]))).toBe(200);
    expect(await send(collector.url, "/v1/logs", logsWith([session("of-a-log")]))).toBe(200);
    await untilStored(database.pool, 2);
    expect(await sessionsOf(database.pool)).toEqual(["of-a-log", "of-a-span"]);
    const summary = (await (await fetch(`${url}/api/analytics/summary`)).json()) as object;
    expect(summary).toMatchObject({ current: { total_sessions: 2 } });
    // Nothing was refused on the way, to be sent again.
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^spanledger_events_unavailable_total 0$/m);
    expect(metrics).toMatch(/^spanledger_events_duplicate_total 0$/m);
  });

  test("a span of 30 MiB is taken and kept, and the Collector's own metrics say how full its queue is", async () => {
    const collector = await start({
      program: program(),
      folder: await newFolder(),
      // Nobody listens there.
      receiverUrl: "http://127.0.0.1:9",
    });
    const queue = async (): Promise<number> => {
      const text = await (await fetch(collector.metricsUrl)).text();
      const found = [...text.matchAll(/^otelcol_exporter_queue_size\{.*spanledger.*\} (\S+)$/gm)];
      return found.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    };
    // More than HTTP's default of 20 MiB, and, for the span, than a batch usually has.
    const note = "x".repeat(30 * 1024 ** 2);
    const event = { name: "session.start", attributes: { session_id: "large", note } };
    expect(await send(collector.url, "/v1/traces", tracesWith([event]))).toBe(200);
    await expect
      .poll(async () => (await readFile(collector.logFile, "utf8")).includes("Will retry"), { timeout: 20_000 })
      .toBe(true);
    expect(await queue()).toBeGreaterThan(30 * 1024 ** 2);
    // It would try the receiver once more before it ends.
    await collector.stop("SIGKILL");
  });

  test("events wait on disk while the receiver is away and the Collector is killed, and count once", async () => {
    const receiver = await startTestReceiver();
    const { database } = receiver;
    const folder = await newFolder();
    const { port } = new URL(receiver.url);
    await receiver.close();

    const first = await start({ program: program(), folder, receiverUrl: receiver.url });
    const sent = Array.from({ length: 20 }, (_, index) => `s${String(index).padStart(2, "0")}`);
    for (const id of sent) expect(await send(first.url, "/v1/traces", tracesWith([session(id)]))).toBe(200);
    await first.stop("SIGKILL");

    await start({ program: program(), folder, receiverUrl: receiver.url, ports: first.ports });
    const back = await startTestReceiver({ PORT: port }, database);
    await untilStored(database.pool, sent.length);
    expect(await sessionsOf(database.pool)).toEqual(sent);
    const summary = (await (await fetch(`${back.url}/api/analytics/summary`)).json()) as object;
    expect(summary).toMatchObject({ current: { total_sessions: sent.length } });
  });

  test("a queue that is full refuses with an answer after which senders try again, and then nothing is lost", async () => {
    const receiver = await startTestReceiver();
    const { database } = receiver;
    const { port } = new URL(receiver.url);
    await receiver.close();
    const collector = await start({
      program: program(),
      folder: await newFolder(),
      receiverUrl: receiver.url,
      // Not smaller than the smallest batch.
      env: { SPANLEDGER_QUEUE_BYTES: "300000" },
    });
    // Some 60 kB each: forty events with a text.
    const bodies = Array.from({ length: 12 }, (_, request) => {
      const ids = Array.from({ length: 40 }, (__, n) => `s-${String(request * 40 + n).padStart(3, "0")}`);
      const events = ids.map((id) => ({
        name: "session.start",
        attributes: { session_id: id, note: randomBytes(600).toString("hex") },
      }));
      return { ids, body: tracesWith(events) };
    });
    const refused: typeof bodies = [];
    for (const each of bodies) {
      const status = await send(collector.url, "/v1/traces", each.body);
      if (status === 200) continue;
      expect([429, 502, 503, 504]).toContain(status);
      refused.push(each);
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(bodies.length);
    await startTestReceiver({ PORT: port }, database);
    // As an SDK does.
    for (const { body } of refused) {
      while ((await send(collector.url, "/v1/traces", body)) !== 200) await sleep(200);
    }
    const ids = bodies.flatMap((each) => each.ids);
    await untilStored(database.pool, ids.length);
    expect(await sessionsOf(database.pool)).toEqual(ids);
  });

  test.each(["snappy", "lz4"])(
    "the compression %s, which the receiver does not take, keeps events waiting until the exporter is set right",
    async (compression) => {
      const { url, database } = await startTestReceiver();
      const folder = await newFolder();
      const overlay = join(folder, "compression.yaml");
      await writeFile(overlay, `exporters: { otlp_http/spanledger: { compression: ${compression} } }\n`);
      const first = await start({ program: program(), folder, receiverUrl: url, overlays: [overlay] });
      expect(await send(first.url, "/v1/traces", tracesWith([session("waits")]))).toBe(200);
      const refused = async () =>
        (await (await fetch(`${url}/metrics`)).text()).match(/compression_not_taken"\} [1-9]/);
      await expect.poll(refused, { timeout: 20_000 }).not.toBeNull();
      await first.stop("SIGKILL");
      expect(await sessionsOf(database.pool)).toEqual([]);
      await start({ program: program(), folder, receiverUrl: url });
      await untilStored(database.pool, 1);
      expect(await sessionsOf(database.pool)).toEqual(["waits"]);
    },
  );

  test("CORS_ORIGINS lets pages send to the Collector, where products sign in too", async () => {
    const folder = await newFolder();
    const htpasswd = join(folder, "htpasswd");
    await writeFile(htpasswd, `${entry("brand-a", "password-a")}\n`);
    const { url } = await start({
      program: program(),
      folder,
      receiverUrl: "http://127.0.0.1:9",
      overlays: [severalTenants],
      env: { PRODUCTS_HTPASSWD_FILE: htpasswd, CORS_ORIGINS: "https://shop.example,https://*.b.example" },
    });
    const allowedFor = async (origin: string): Promise<(string | null)[]> => {
      const asks = { "access-control-request-method": "POST", "access-control-request-headers": "traceparent" };
      const { headers } = await fetch(`${url}/v1/logs`, { method: "OPTIONS", headers: { origin, ...asks } });
      return ["origin", "headers", "credentials"].map((name) => headers.get(`access-control-allow-${name}`));
    };
    for (const origin of ["https://shop.example", "https://www.b.example"]) {
      expect(await allowedFor(origin)).toEqual([origin, "traceparent", "true"]);
    }
    expect(await allowedFor("https://other.example")).toEqual([null, null, null]);
  });

  test("secrets are masked on the way, identifiers and figures are not", async () => {
    const { url, database } = await startTestReceiver();
    const collector = await start({ program: program(), folder: await newFolder(), receiverUrl: url });
    const attributes = {
      session_id: "4111111111111111",
      message: "my card is 4111111111111111, thanks",
      user_password: "hunter2",
      first_token_ms: 120,
      response_time_ms: 900,
    };
    expect(await send(collector.url, "/v1/traces", tracesWith([{ name: "session.message", attributes }]))).toBe(200);
    await untilStored(database.pool, 1);
    const { rows } = await database.pool.query<{ event_data: object }>("select event_data from analytics_events");
    expect(rows[0]?.event_data).toMatchObject({
      session_id: "4111111111111111",
      first_token_ms: 120,
      response_time_ms: 900,
    });
    expect(JSON.stringify(rows)).not.toContain("hunter2");
    expect(JSON.stringify(rows)).not.toContain("my card is 4111111111111111");
  });

  test("with several tenants, the sender's login decides the tenant, whatever the product claims", async () => {
    const token = "gateway-token-0123456789";
    const { url, database } = await startTestReceiver({
      INGEST_TOKENS: `brand-a|brand-b:${token}`,
      READ_TOKENS: "brand-a:reading-token-of-brand-a",
    });
    const folder = await newFolder();
    const htpasswd = join(folder, "htpasswd");
    await writeFile(htpasswd, `${entry("brand-a", "password-a")}\n${entry("brand-b", "password-b")}\n`);
    const collector = await start({
      program: program(),
      folder,
      receiverUrl: url,
      token,
      overlays: [severalTenants],
      env: { PRODUCTS_HTPASSWD_FILE: htpasswd },
    });
    const claims = { resource: { "service.name": "x", "spanledger.tenant": "brand-b" } };
    const basic = (name: string, password: string) => ({
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
    });
    const post = (id: string, headers: Record<string, string>) =>
      send(collector.url, "/v1/traces", tracesWith([session(id)], claims), headers);
    expect(await post("a1", basic("brand-a", "password-a"))).toBe(200);
    expect(await post("b1", basic("brand-b", "password-b"))).toBe(200);
    expect(await post("x1", basic("brand-a", "wrong"))).toBe(401);
    expect(await post("x2", {})).toBe(401);
    await untilStored(database.pool, 2);
    expect(await sessionsOf(database.pool, "brand-a")).toEqual(["a1"]);
    expect(await sessionsOf(database.pool, "brand-b")).toEqual(["b1"]);
  });
});
