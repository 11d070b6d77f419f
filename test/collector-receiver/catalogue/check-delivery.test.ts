import { expect, test } from "vitest";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { defineSpanledger } from "../../../collector-receiver/src/catalogue/define-spanledger.ts";

function check(config: unknown) {
  const { delivery, definitions, problems } = checkDefinitions(config, new Set());
  return {
    delivery,
    definitions,
    said: problems.map(({ path, problem, remedy }) => `${path.join("/")} ${problem}: ${remedy}`),
  };
}

test("targets and reports of a config are read, with every default", () => {
  const config = defineSpanledger({
    targets: {
      ops: { type: "slack", url: { env: "SLACK_URL" } },
      feishu: { type: "feishu", url: { env: "FEISHU_URL" }, secret: { env: "FEISHU_SECRET" }, locale: "zh-CN" },
      boss: {
        type: "email",
        server: { env: "SMTP_URL" },
        from: "Spanledger reports <reports@shop.example>",
        to: ["boss@shop.example", "老板 <laoban@shop.example>"],
        tenants: ["brand-a", "brand-b"],
      },
      own: { type: "webhook", url: "http://10.0.0.7/hook", secret: { env: "HOOK" }, allowPrivate: true },
    },
    reports: {
      weekly: { period: "week", to: ["boss"] },
      daily: { period: "day", cron: "30 8 * * MON-FRI", to: ["ops", "feishu"], minGroupSize: 5 },
    },
  });
  const { delivery, definitions, said } = check(config);
  expect(said).toEqual([]);
  // Targets are not stored with the definitions.
  expect(definitions).toEqual({ events: {}, metrics: {} });
  const usual = { tenants: ["default"], locale: null, allowsPrivate: false };
  expect(delivery).toEqual({
    targets: [
      { name: "ops", type: "slack", url: { env: "SLACK_URL" }, secret: null, ...usual },
      {
        ...usual,
        name: "feishu",
        type: "feishu",
        url: { env: "FEISHU_URL" },
        secret: { env: "FEISHU_SECRET" },
        locale: "zh-CN",
      },
      {
        ...usual,
        name: "boss",
        type: "email",
        server: { env: "SMTP_URL" },
        from: "Spanledger reports <reports@shop.example>",
        to: ["boss@shop.example", "老板 <laoban@shop.example>"],
        tenants: ["brand-a", "brand-b"],
      },
      {
        ...usual,
        name: "own",
        type: "webhook",
        url: "http://10.0.0.7/hook",
        secret: { env: "HOOK" },
        allowsPrivate: true,
      },
    ],
    reports: [
      { name: "weekly", period: "week", cron: "0 9 * * 1", to: ["boss"], minGroupSize: 10 },
      { name: "daily", period: "day", cron: "30 8 * * MON-FRI", to: ["ops", "feishu"], minGroupSize: 5 },
    ],
  });
});

test("each mistake of targets and reports is named with what to write instead", () => {
  const webhook = { type: "webhook", url: "https://x.example", secret: { env: "S" } };
  const { said } = check({
    targets: {
      "Big Boss": { ...webhook },
      a: { type: "pigeon" },
      b: { type: "slack", url: "https://hooks.slack.example/T0/secret" },
      c: { ...webhook, url: "http://shop.example/hook" },
      d: { ...webhook, url: "https://user:pass@shop.example/hook" },
      e: { type: "email", server: { env: "S M" }, from: "x@y.example\r\nBcc: z@y.example", to: [] },
      f: { ...webhook, tenants: [], locale: "fr", secrets: 1 },
      g: { ...webhook, secret: { env: "S", value: "in the clear" } },
      h: 5,
      i: { ...webhook, url: "https://" },
      k: { ...webhook, url: "ftp://user:secret@x.example", secret: "secret" },
    },
    reports: {
      j: { period: "fortnight", to: ["a"] },
      k: { period: "week", to: ["nobody"], cron: "0 9 * *" },
      l: { period: "week", to: ["a"], cron: "0 9 31 2 *" },
      m: { period: "day", to: ["a"], minGroupSize: 1 },
      n: { period: "day", to: ["a"], cron: "0 0 9 * * 1" },
      o: { period: "day" },
    },
  });
  // Errors are logged.
  expect(said.join("\n")).not.toMatch(/secret@|T0|in the clear/);
  expect(said).toMatchInlineSnapshot(`
    [
      "targets/Big Boss is not a name: Use lower-case letters, digits, hyphens and underscores, at most 40",
      "targets/a/type is "pigeon": Write one of email, webhook, slack, feishu, lark, dingtalk, wecom",
      "targets/b/url does not fit: Write { env: "NAME_OF_A_VARIABLE" }; the variable holds the secret, and the config never does",
      "targets/c/url is not encrypted: Write https://, or set allowPrivate: true for a target within your network",
      "targets/d/url has a user or a password in it: Write { env: "NAME_OF_A_VARIABLE" }, and put the address there",
      "targets/e/server does not fit: Write { env: "NAME_OF_A_VARIABLE" }; the variable holds the secret, and the config never does",
      "targets/e/from is "x@y.example\\r\\nBcc: z@y.example": Write an address such as reports@shop.example, or Reports <reports@shop.example>",
      "targets/e/to is []: List 1 to 50 addresses",
      "targets/f/secrets is not known here: Known are type, tenants, locale, allowPrivate, url, secret",
      "targets/f/tenants is []: List 1 to 256 different tenants",
      "targets/f/locale is "fr": Write one of zh-CN, en",
      "targets/g/secret/value is not known here: Known are env",
      "targets/h is 5, which is not an object: Write { … }",
      "targets/i/url is not an address: Write https://host/path",
      "targets/k/url does not fit: Write an address that begins with https://, or { env: "NAME_OF_A_VARIABLE" }",
      "targets/k/secret does not fit: Write { env: "NAME_OF_A_VARIABLE" }; the variable holds the secret, and the config never does",
      "reports/j/period is "fortnight": Write one of day, week, month, quarter, year",
      "reports/k/to names the target "nobody", which is not there: Known are Big Boss, a, b, c, d, e, f, g, h, i, k",
      "reports/k/cron is "0 9 * *", which is not a cron line: Write five fields (minute, hour, day, month, weekday), such as 0 9 * * 1",
      "reports/l/cron is "0 9 31 2 *", which never comes: Write five fields (minute, hour, day, month, weekday), such as 0 9 * * 1",
      "reports/m/minGroupSize is 1: Write a whole number from 2 to 1000000",
      "reports/n/cron is "0 0 9 * * 1", which is not a cron line: Write five fields (minute, hour, day, month, weekday), such as 0 9 * * 1",
      "reports/o has no to: List the names of targets",
    ]
  `);
});

test("a report of a config without targets is told so", () => {
  expect(check({ reports: { weekly: { period: "week", to: ["boss"] } } }).said).toEqual([
    'reports/weekly/to names the target "boss", which is not there: There are none: add targets',
  ]);
});

test("the compiler checks the names of targets", () => {
  const { reports } = defineSpanledger({
    targets: { ops: { type: "slack", url: { env: "SLACK_URL" } } },
    // @ts-expect-error there is no such target
    reports: { weekly: { period: "week", to: ["boss"] } },
  });
  expect(check({ reports }).said).toHaveLength(1);
  // @ts-expect-error there are no targets
  expect(check(defineSpanledger({ reports: { weekly: { period: "week", to: ["boss"] } } })).said).toHaveLength(1);
});
