import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { findRedisProgram, findRedisServer } from "../../../deploy/setup/find-redis-server.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { describeWith } from "../../support/describe-with.ts";
import { openTestRedis, redisExcuse } from "../../support/open-test-redis.ts";
import { startRedis, type RedisOptions, type RestartableRedis, type TestRedis } from "../../support/start-redis.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const program = await findRedisProgram();
const today = (timezone = "Asia/Shanghai"): string => businessCalendarOf(timezone).dayOf(Date.now());
const session = (id: string) => ({ name: "session.start", attributes: { session_id: id } });
const message = (id: string, ms: number) => ({
  name: "session.message",
  attributes: { session_id: id, role: "ai", message_length: 4, response_time_ms: ms },
});
const soon = { timeout: 20_000, interval: 25 };

async function send(url: string, events: Parameters<typeof tracesWith>[0], resource?: Record<string, string>) {
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith(events, resource === undefined ? {} : { resource }),
  });
  expect(answer.status).toBe(200);
}

const live = async (url: string) =>
  (await (await fetch(`${url}/api/analytics/live`)).json()) as {
    source: string;
    fallback: boolean;
    daily: Record<string, number>;
    agent_daily: Record<string, number>;
  };

const processes: number[] = [];
afterEach(() => {
  for (const pid of processes.splice(0)) process.kill(pid, "SIGCONT");
});

describeWith("a Redis (REDIS_URL, or npm run setup)", await findRedisServer(), (source) => {
  async function useRedis(): Promise<TestRedis> {
    const redis = await openTestRedis(source());
    onTestFinished(redis.stop);
    return redis;
  }

  test("a commit is in the plan's hashes, sums only, with a revision and 40 days to live", async () => {
    const redis = await useRedis();
    const { url } = await startTestReceiver({ REDIS_URL: redis.url });
    await send(url, [session("s1"), session("s2"), message("s1", 1500)]);
    await send(url, [
      { name: "agent.login", attributes: { agent_id: 7 } },
      { name: "agent.logout", attributes: { agent_id: 7, work_duration_minutes: 480 } },
    ]);
    await expect
      .poll(() => redis.client.hgetall(`analytics:daily:${today()}`), soon)
      .toMatchObject({
        total_sessions: "2",
        total_messages: "1",
        total_response_time_ms: "1500",
        escalated_sessions: "0",
        tracking_queries_failed: "0",
      });
    await expect
      .poll(() => redis.client.hgetall(`analytics:agent:daily:${today()}`), soon)
      .toMatchObject({
        agent_logins: "1",
        total_resolution_hours: "0",
      });
    const left = await redis.client.ttl(`analytics:daily:${today()}`);
    expect(left).toBeGreaterThan(39 * 86_400);
    expect(left).toBeLessThanOrEqual(40 * 86_400);
    await expect
      .poll(() => live(url), soon)
      .toMatchObject({
        source: "redis",
        fallback: false,
        daily: { total_sessions: 2, total_messages: 1 },
        agent_daily: { agent_logins: 1 },
      });
  });

  test("each tenant has hashes of its own, also one that is called agent", async () => {
    const redis = await useRedis();
    const { url } = await startTestReceiver({ REDIS_URL: redis.url });
    await send(url, [session("s1")]);
    await send(url, [session("s1"), session("s2")], { "service.name": "t", "spanledger.tenant": "brand-a" });
    await send(url, [session("s1"), session("s2"), session("s3")], {
      "service.name": "t",
      "spanledger.tenant": "agent",
    });
    const sessions = (key: string) => redis.client.hget(`${key}:${today()}`, "total_sessions");
    await expect.poll(() => sessions("analytics:brand-a:daily"), soon).toBe("2");
    await expect.poll(() => sessions("analytics:daily"), soon).toBe("1");
    await expect.poll(() => sessions("analytics:%61gent:daily"), soon).toBe("3");
    expect(await redis.client.hget(`analytics:agent:daily:${today()}`, "total_sessions")).toBeNull();
  });
});

describeWith(
  "redis-server (npm run setup)",
  program,
  (redisProgram) => {
    async function useRedis(options: RedisOptions = {}): Promise<RestartableRedis> {
      const redis = await startRedis(redisProgram(), options);
      onTestFinished(redis.stop);
      return redis;
    }

    test("Redis restarted without its memory: the next seconds mend it, and nothing was lost", async () => {
      const redis = await useRedis();
      const { url } = await startTestReceiver({ REDIS_URL: redis.url });
      await send(url, [session("s1")]);
      await expect.poll(() => redis.client.hget(`analytics:daily:${today()}`, "total_sessions"), soon).toBe("1");
      await redis.kill();
      await send(url, [session("s2")]);
      expect(await live(url)).toMatchObject({ source: "postgresql", fallback: true, daily: { total_sessions: 2 } });
      await redis.restart();
      await expect.poll(() => redis.client.hget(`analytics:daily:${today()}`, "total_sessions"), soon).toBe("2");
      await expect.poll(() => live(url), soon).toMatchObject({ source: "redis", daily: { total_sessions: 2 } });
    });

    test("Redis that hangs: requests are committed and answered, the live route is PostgreSQL's", async () => {
      const redis = await useRedis();
      const { url } = await startTestReceiver({ REDIS_URL: redis.url });
      await send(url, [session("s0")]);
      await expect.poll(() => live(url), soon).toMatchObject({ source: "redis" });
      process.kill(redis.pid, "SIGSTOP");
      processes.push(redis.pid);
      for (let i = 1; i <= 20; i++) await send(url, [session(`s${i}`)]);
      expect(await live(url)).toMatchObject({ source: "postgresql", fallback: true, daily: { total_sessions: 21 } });
      process.kill(redis.pid, "SIGCONT");
      await expect.poll(() => live(url), soon).toMatchObject({ source: "redis", daily: { total_sessions: 21 } });
    });

    test("Redis that is full: PostgreSQL answers until there is room, then the hash is right", async () => {
      const redis = await useRedis({ settings: [["maxmemory", "1"]] });
      const { url } = await startTestReceiver({ REDIS_URL: redis.url });
      await send(url, [session("s1")]);
      expect(await live(url)).toMatchObject({ source: "postgresql", fallback: true, daily: { total_sessions: 1 } });
      await redis.client.config("SET", "maxmemory", "0");
      await expect.poll(() => live(url), soon).toMatchObject({ source: "redis", daily: { total_sessions: 1 } });
      // A hash that is there is replaced by one as large, full or not: it never says what was.
      await redis.client.config("SET", "maxmemory", "1");
      await send(url, [session("s2")]);
      await expect.poll(() => live(url), soon).toMatchObject({ daily: { total_sessions: 2 } });
    });

    test("no Redis at the address at all: the receiver starts, counts, and says where its numbers are from", async () => {
      const { url } = await startTestReceiver({ REDIS_URL: "redis://127.0.0.1:1" });
      await send(url, [session("s1")]);
      expect(await live(url)).toMatchObject({ source: "postgresql", fallback: true, daily: { total_sessions: 1 } });
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain("spanledger_live_redis_connected 0");
    });

    test("over TLS, with a password that no log line shows", async () => {
      const folder = await mkdtemp(join(tmpdir(), "spanledger-tls-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
      const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
      const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
      execFileSync("openssl", [...made, ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
      const before = getCACertificates("default");
      setDefaultCACertificates([...before, await readFile(certificate, "utf8")]);
      onTestFinished(() => setDefaultCACertificates(before));
      const redis = await useRedis({ password: "pass/word:hunter2", tls: { certificate, key } });
      const { url, log } = await startTestReceiver({ REDIS_URL: redis.url });
      await send(url, [session("s1")]);
      await expect.poll(() => live(url), soon).toMatchObject({ source: "redis", daily: { total_sessions: 1 } });
      expect(JSON.stringify(log)).not.toContain("hunter2");

      const wrong = await startTestReceiver({ REDIS_URL: `rediss://:wrong-secret@127.0.0.1:${redis.port}` });
      await send(wrong.url, [session("s1")]);
      expect(await live(wrong.url)).toMatchObject({ source: "postgresql", fallback: true });
      expect(JSON.stringify(wrong.log)).not.toContain("wrong-secret");
    });
  },
  redisExcuse,
);
