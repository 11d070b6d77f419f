import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLoopback } from "../../../collector-receiver/src/config/check-across.ts";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { environmentSchema } from "../../../collector-receiver/src/config/environment-schema.ts";
import { ConfigError, type ConfigProblem } from "../../../collector-receiver/src/config/config-error.ts";

const token = "0123456789abcdef";
const secrets = Object.entries(environmentSchema.properties)
  .filter(([, notes]) => (notes as { secret?: boolean }).secret === true)
  .map(([name]) => name);

function problemsOf(environment: Record<string, string>): readonly ConfigProblem[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("loadConfig", () => {
  test("an empty environment gives the plan's defaults, on loopback and without tokens", () => {
    expect(loadConfig({})).toEqual({
      databaseUrl: undefined,
      migrationDatabaseUrl: undefined,
      readDatabaseUrl: undefined,
      corsOrigins: [],
      autoRebuild: true,
      dataFolder: ".spanledger",
      redisUrl: undefined,
      host: "127.0.0.1",
      port: 4319,
      loopback: true,
      allowedHosts: [],
      ingestTokens: [],
      readTokens: [],
      basePath: "",
      metricsToken: undefined,
      businessTimezone: "Asia/Shanghai",
      currency: "CNY",
      costPerManualSession: "10",
      locale: "zh-CN",
      sessionIdleTimeoutSeconds: 86_400,
      retentionMonths: undefined,
      traceUrlTemplate: undefined,
      sampleData: false,
      maxBodyBytes: 67_108_864,
      maxInflatedBytes: 67_108_864,
      maxQueueBytes: 268_435_456,
      batchMaxEvents: 8000,
      logLevel: "info",
    });
  });

  test("variables of other programs are not looked at", () => {
    expect(loadConfig({ PATH: "/bin", FOO: "1" })).toEqual(loadConfig({}));
  });

  test("a variable set to nothing counts as not set", () => {
    expect(loadConfig({ PORT: "", DATABASE_URL: "", REDIS_URL: "  ", INGEST_TOKENS: "" })).toEqual(loadConfig({}));
  });

  test.each([
    ["24h", 86_400],
    ["90m", 5400],
    ["3600s", 3600],
    ["2d", 172_800],
  ])("SESSION_IDLE_TIMEOUT=%s is %i seconds", (text, seconds) => {
    expect(loadConfig({ SESSION_IDLE_TIMEOUT: text }).sessionIdleTimeoutSeconds).toBe(seconds);
  });

  test("names every problem at once, with the value and what to do", () => {
    const problems = problemsOf({
      PORT: "99999",
      BUSINESS_TIMEZONE: "Mars/Olympus",
      CURRENCY: "yuan",
      COST_PER_MANUAL_SESSION: "-3",
      LOCALE: "fr",
      SESSION_IDLE_TIMEOUT: "1w",
      RETENTION_MONTHS: "0",
      MAX_BODY_BYTES: "1.5",
      DATABASE_URL: "mysql://root@localhost/x",
      MIGRATION_DATABASE_URL: "localhost:5432",
      METRICS_TOKEN: "short",
      REDIS_URL: "localhost:6379",
      LOG_LEVEL: "loud",
      HOST: "0.0.0.0",
    });
    expect(problems.map((problem) => problem.variable).sort()).toEqual([
      "BUSINESS_TIMEZONE",
      "COST_PER_MANUAL_SESSION",
      "CURRENCY",
      "DATABASE_URL",
      "INGEST_TOKENS",
      "LOCALE",
      "LOG_LEVEL",
      "MAX_BODY_BYTES",
      "METRICS_TOKEN",
      "MIGRATION_DATABASE_URL",
      "PORT",
      "READ_TOKENS",
      "REDIS_URL",
      "RETENTION_MONTHS",
      "SESSION_IDLE_TIMEOUT",
    ]);
    expect(problems.find((problem) => problem.variable === "PORT")?.shown).toBe('="99999"');
    for (const problem of problems) expect(problem.remedy.length).toBeGreaterThan(20);
  });

  test("an offset is not a time zone: PostgreSQL reads its sign the other way round", () => {
    expect(problemsOf({ BUSINESS_TIMEZONE: "+08:00" })).toHaveLength(1);
  });

  test("tokens are required unless only this machine can connect", () => {
    const tokens = { INGEST_TOKENS: `default:${token}`, READ_TOKENS: `default:${token}-2` };
    expect(problemsOf({ HOST: "::" })).toHaveLength(2);
    expect(problemsOf({ HOST: "10.0.0.5", INGEST_TOKENS: tokens.INGEST_TOKENS })).toHaveLength(1);
    expect(loadConfig({ HOST: "0.0.0.0", ...tokens }).loopback).toBe(false);
  });

  test.each([
    ["127.0.0.1", true],
    ["127.8.0.1", true],
    ["localhost", true],
    ["::1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["127.example.com", false],
    ["localhost.example.com", false],
    ["192.168.1.4", false],
  ])("%s: loopback %s", (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });

  test("a gateway's token has several tenants, and a tenant may have two tokens", () => {
    const config = loadConfig({ INGEST_TOKENS: `brand-a|brand-b:${token}, brand-a:${token}2,brand-a:${token}3==` });
    expect(config.ingestTokens).toEqual([
      { token, tenantIds: ["brand-a", "brand-b"] },
      { token: `${token}2`, tenantIds: ["brand-a"] },
      { token: `${token}3==`, tenantIds: ["brand-a"] },
    ]);
  });

  test.each([
    ["no tenant", `:${token}`, "entry 1 has no tenant before a colon"],
    ["no colon", token, "entry 1 has no tenant before a colon"],
    ["a short token", "brand-a:short", "entry 1 has a token of 5 characters"],
    ["a token twice", `a:${token},b:${token}`, "entries 1 and 2 have the same token"],
    ["a tenant twice in one entry", `a|a:${token}`, "entry 1 names a tenant twice"],
    ["a bad tenant", `a:${token}1,a b:${token}`, "entry 2 names a tenant that is not"],
    ["a trailing comma", `a:${token},`, "entry 2 has no tenant before a colon"],
  ])("refuses ingest tokens with %s", (_, text, problem) => {
    expect(problemsOf({ INGEST_TOKENS: text })).toEqual([
      expect.objectContaining({ variable: "INGEST_TOKENS", problem: expect.stringContaining(problem) }),
    ]);
  });

  test("a token for reading belongs to one tenant", () => {
    expect(problemsOf({ READ_TOKENS: `a|b:${token}` })).toEqual([
      expect.objectContaining({ variable: "READ_TOKENS", problem: expect.stringContaining("belongs to one") }),
    ]);
  });

  test("migrations never run in another database than events: their URL needs DATABASE_URL", () => {
    const urls = { DATABASE_URL: "postgres://pooler:6432/x", MIGRATION_DATABASE_URL: "postgres://db:5432/x" };
    expect(loadConfig(urls)).toMatchObject({ migrationDatabaseUrl: urls.MIGRATION_DATABASE_URL });
    expect(problemsOf({ MIGRATION_DATABASE_URL: urls.MIGRATION_DATABASE_URL })).toEqual([
      expect.objectContaining({ variable: "MIGRATION_DATABASE_URL", remedy: "Set DATABASE_URL as well" }),
    ]);
  });

  test("never shows a secret, however wrong it is", () => {
    const secretLike = fc.string({ minLength: 6, maxLength: 40, unit: fc.constantFrom(..."abcXYZ0189:,|@/ %$") });
    fc.assert(
      fc.property(secretLike, fc.constantFrom(...secrets), (text, name) => {
        const secret = `hunter2${text}hunter2`;
        try {
          loadConfig({ [name]: secret, PORT: "x" });
        } catch (error) {
          expect((error as Error).message).not.toContain("hunter2");
          expect(JSON.stringify((error as ConfigError).problems)).not.toContain("hunter2");
          return;
        }
        throw new Error("PORT=x was taken");
      }),
    );
  });
});
