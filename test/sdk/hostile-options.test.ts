/** The SDK never throws into a product, whatever it is given; what it cannot use it names once, and takes the default. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { diag } from "@opentelemetry/api";
import { flush, recordBusinessEvent, shutdown, startBusinessEvents, withBusinessContext } from "@spanledger/sdk";
import { createTestRecorder } from "@spanledger/sdk/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { resolveConfig, type ResolvedConfig } from "../../sdk/src/resolve-config.ts";
import { readOccurredAt } from "../../sdk/src/recording/read-occurred-at.ts";
import { CarrierEncoder } from "../../sdk/src/sending/encode-carriers.ts";
import { anyMaker, hostileValues } from "./hostile-values.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";

const optionNames = [
  "serviceName",
  "endpoint",
  "headers",
  "tenant",
  "resourceAttributes",
  "emit",
  "maxQueueBytes",
  "spoolDirectory",
  "maxSpoolBytes",
  "maxBatchEvents",
  "batchDelayMs",
  "reportDelayMs",
  "requestTimeoutMs",
  "exitWaitMs",
  "strict",
  "inProcess",
  "httpEvents",
  "handleSignals",
  "disabled",
  "defaults",
  "beforeSend",
  "onError",
  "waitUntil",
] as const;
const variables = [
  "SPANLEDGER_OTLP_ENDPOINT",
  "SPANLEDGER_OTLP_HEADERS",
  "SPANLEDGER_EXIT_WAIT_MS",
  "SPANLEDGER_DISABLED",
  "SPANLEDGER_SPOOL_DIR",
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
] as const;

/** Every part of it is fit for what is done with it later, in a worker. */
function expectUsable(config: ResolvedConfig): void {
  const { settings, maxQueueBytes, exitWaitMs } = config;
  expect(structuredClone(settings)).toEqual(settings);
  const url = new URL(settings.target.url);
  expect(url.protocol).toMatch(/^https?:$/);
  expect([url.username, url.password]).toEqual(["", ""]);
  for (const [name, value] of Object.entries(settings.target.headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  expect(settings.target.timeoutMs).toBeGreaterThan(0);
  for (const ms of [settings.batchDelayMs, settings.reportDelayMs, exitWaitMs]) expect(ms).toBeGreaterThanOrEqual(0);
  for (const most of [settings.maxBatchEvents, settings.maxBatchBytes, maxQueueBytes]) {
    expect(most).toBeGreaterThanOrEqual(1);
  }
  for (const value of Object.values(settings.identity.resource)) expect(typeof value).toMatch(/string|number|boolean/);
  new CarrierEncoder(settings.identity).encodeReport(1, 0, 1);
}

function mapValues<T>(object: Readonly<Record<string, T>>, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

describe("options", () => {
  it("of any kind give a configuration that works", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyMaker,
          fc
            .record(Object.fromEntries(optionNames.map((name) => [name, anyMaker])), { requiredKeys: [] })
            .map((makers) => () => mapValues(makers, (make) => make?.())),
        ),
        fc.record(Object.fromEntries(variables.map((name) => [name, fc.string({ unit: "binary" })])), {
          requiredKeys: [],
        }),
        (makeOptions, env) => expectUsable(resolveConfig(makeOptions(), env)),
      ),
      { numRuns: 1000 },
    );
  });

  it.each(optionNames)("%s: each hostile value alone is named, or means what it says", (name) => {
    for (const make of Object.values(hostileValues)) {
      const config = resolveConfig({ [name]: make() }, {});
      expectUsable(config);
      expect(config.warnings.length).toBeLessThanOrEqual(3);
    }
    // The default, as if nothing had been said.
    const config = resolveConfig({ [name]: Symbol("s") }, {});
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings[0]).toContain(name);
    const { identity, ...rest } = config.settings;
    const { identity: usual, ...usualRest } = resolveConfig({}, {}).settings;
    expect(rest).toEqual(usualRest);
    const random = { "service.instance.id": expect.any(String) as string };
    expect({ ...identity.resource, ...random }).toEqual({ ...usual.resource, ...random });
  });

  it.each([
    ["SPANLEDGER_EXIT_WAIT_MS", "soon"],
    ["SPANLEDGER_EXIT_WAIT_MS", "-1"],
    ["SPANLEDGER_DISABLED", "perhaps"],
    ["SPANLEDGER_OTLP_ENDPOINT", "collector:4318"],
    ["SPANLEDGER_OTLP_HEADERS", "authorization"],
    ["SPANLEDGER_OTLP_HEADERS", "=secret"],
    ["SPANLEDGER_OTLP_HEADERS", "a=b%0d%0ac"],
  ])("the variable %s=%s is named and the default taken", (variable, value) => {
    const { warnings, disabled, exitWaitMs, settings } = resolveConfig({}, { [variable]: value });
    expect(warnings).toEqual([expect.stringMatching(new RegExp(variable))]);
    expect({ disabled, exitWaitMs, url: settings.target.url, headers: settings.target.headers }).toEqual({
      disabled: false,
      exitWaitMs: 2000,
      url: "http://localhost:4318/v1/traces",
      headers: {},
    });
  });
});

describe("OTEL_RESOURCE_ATTRIBUTES", () => {
  it("loses a part without a key or without a value's sign, and keeps the others", () => {
    const { settings, warnings } = resolveConfig({}, { OTEL_RESOURCE_ATTRIBUTES: "nothing,=x, a=1 ,,b=c%20d,e=%zz" });
    expect(settings.identity.resource).toMatchObject({ a: "1", b: "c d", e: "%zz" });
    expect(Object.keys(settings.identity.resource)).not.toContain("");
    expect(Object.values(settings.identity.resource)).not.toContain("x");
    expect(warnings).toEqual([]);
  });
});

describe("headers", () => {
  const headersOf = (headers: unknown): readonly [object, number] => {
    const { settings, warnings } = resolveConfig({ headers }, {});
    return [settings.target.headers, warnings.length];
  };
  it.each<[string, unknown]>([
    ["an object", { "X-A": "1", b: 2 }],
    [
      "a Headers",
      new Headers([
        ["x-a", "1"],
        ["b", "2"],
      ]),
    ],
    [
      "a Map",
      new Map([
        ["X-A", "1"],
        ["b", "2"],
      ]),
    ],
    [
      "pairs",
      [
        ["X-A", "1"],
        ["b", "2"],
      ],
    ],
  ])("are taken as %s", (_title, headers) => {
    expect(headersOf(headers)).toEqual([{ "x-a": "1", b: "2" }, 0]);
  });

  it.each<[string, unknown, object, number]>([
    ["a line break within", { a: "1\r\nx: y", b: "2" }, { b: "2" }, 1],
    ["a line break behind, as files end", { a: "key\n" }, { a: "key" }, 1],
    ["an absent value", { a: undefined, b: null, c: "3" }, { c: "3" }, 0],
    ["a character beyond latin1", { a: "密钥", b: "é" }, { b: "é" }, 1],
    ["a name that is none", { "a b": "1", "": "2", ä: "3", b: "4" }, { b: "4" }, 3],
    ["an object as value", { a: {}, b: "2" }, { b: "2" }, 1],
    ["what the SDK sets itself", { "Content-Length": "1", "transfer-encoding": "chunked", Trailer: "x" }, {}, 3],
  ])("with %s: the others are sent", (_title, headers, expected, warnings) => {
    expect(headersOf(headers)).toEqual([expected, warnings]);
  });

  it("never show a value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 8 }), (secret) => {
        const { warnings } = resolveConfig({ headers: { authorization: secret } }, {});
        expect(warnings.some((warning) => warning.includes(secret))).toBe(false);
      }),
    );
  });
});

describe("an endpoint's password", () => {
  it.each([
    ["100%sure", "100%sure"],
    ["p%40ss", "p@ss"],
    ["p@ss#?/:w", "p@ss#?/:w"],
    ["pa ss", "pa ss"],
    ["pa/ss", "pa/ss"],
    ["密码%", "密码%"],
    ["%zz%41", "%zzA"],
  ])("%s becomes a header", (password, decoded) => {
    const { settings, warnings } = resolveConfig({ endpoint: `http://user:${password}@host:4318` }, {});
    expect(settings.target.url).toBe("http://host:4318/v1/traces");
    const authorization = `Basic ${Buffer.from(`user:${decoded}`).toString("base64")}`;
    expect(settings.target.headers).toEqual({ authorization });
    expect(warnings).toEqual([]);
  });

  it("is sent, and is not shown where the receiver is away", async () => {
    const sink = await OtlpSink.start();
    onTestFinished(() => sink.stop());
    const endpoint = sink.url.replace("//", "//user:100%sure@");
    expect(await runProduct("end", { endpoint, args: ["exit", "1"] })).toMatchObject({ code: 3, stderr: "" });
    const { authorization } = sink.requests[0]!.headers;
    expect(authorization).toBe(`Basic ${Buffer.from("user:100%sure").toString("base64")}`);
    await sink.stop();
    const env = { SPANLEDGER_EXIT_WAIT_MS: "300" };
    const away = await runProduct("end", { endpoint, args: ["exit", "1"], env });
    expect(away.code).toBe(3);
    expect(away.stderr).toContain("1 business events; they are lost");
    for (const secret of ["100%sure", "user", authorization!]) expect(away.stderr + away.stdout).not.toContain(secret);
  });

  it("is shown by no warning, however broken the address is", () => {
    const secret = "s3cr3t-of-9-chars";
    for (const endpoint of [
      `htp://user:${secret}@host`,
      `//user:${secret}@host`,
      `user:${secret}@host:4318`,
      `http://user:${secret}@host:99999`,
      `http://user:${secret}@`,
      `http://user:${secret}?x@ho st`,
      `ftp://host/?key=${secret}`,
    ]) {
      const { warnings, settings } = resolveConfig({ endpoint }, {});
      expect(warnings).toHaveLength(1);
      expect(warnings.join()).not.toContain(secret);
      expect(settings.target.url).not.toContain(secret);
    }
  });
});

describe("calls", () => {
  const record = recordBusinessEvent as (...args: unknown[]) => void;
  const within = withBusinessContext as (attributes: unknown, fn: unknown) => unknown;
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await OtlpSink.start();
  });
  afterEach(async () => {
    diag.disable();
    await shutdown();
    await sink.stop();
  });

  it("recordBusinessEvent takes any name, attributes and options", () => {
    startBusinessEvents({ endpoint: sink.url, strict: false });
    const recorder = createTestRecorder();
    onTestFinished(() => recorder.stop());
    fc.assert(
      fc.property(anyMaker, anyMaker, anyMaker, anyMaker, (...makers) => {
        const [name, attributes, options, context] = makers.map((make) => make());
        record(name, attributes, options);
        recorder.clear();
        record("shop.sold", { kept: 1, value: attributes }, options);
        record("shop.sold", { kept: 1 }, { occurredAt: options, eventId: attributes, context });
        // Unix seconds are the one time that drops an event.
        const kept = recorder.events().map((event) => event.attributes["kept"]);
        expect(kept).toEqual(kept.length === 1 && readOccurredAt(options) === "seconds" ? [1] : [1, 1]);
      }),
      { numRuns: 500 },
    );
  });

  it("a polluted prototype gives no option, no variable, and nothing of an event", async () => {
    const ids = { sourceId: "source", instanceId: "instance" };
    const rule = { path: "/sold", event: "shop.sold" };
    const clean = resolveConfig({ httpEvents: [rule] }, {}, ids);
    const uuid = "0192f0c1-2d3e-7a4b-8c5d-6e7f80912233";
    const names = [...optionNames, ...variables, "enabled", "method", "attributes", "occurredAt", "eventId", "context"];
    const everyObject = Object.prototype as Record<string, unknown>;
    startBusinessEvents({ endpoint: sink.url, strict: false });
    try {
      for (const name of names) everyObject[name] = "http://127.0.0.1:9/";
      Object.assign(everyObject, { disabled: true, enabled: false, occurredAt: 5, eventId: uuid, maxBatchEvents: 1 });
      const polluted = resolveConfig({ httpEvents: [rule] }, {}, ids);
      expect(JSON.stringify(polluted)).toBe(JSON.stringify(clean));
      startBusinessEvents({});
      for (const kept of [1, 2]) within({ around: 1 }, () => record("shop.sold", { kept }, {}));
    } finally {
      for (const name of names) delete everyObject[name];
    }
    expect(await flush()).toBe(true);
    expect(sink.events.map(({ attributes }) => attributes)).toEqual([1, 2].map((kept) => ({ kept, around: 1 })));
    expect(new Set(sink.events.map(({ eventId }) => eventId)).size).toBe(2);
    expect(sink.events.some(({ eventId }) => eventId === uuid)).toBe(false);
  });

  it("withBusinessContext runs its function, whatever surrounds it, and keeps what can be read", () => {
    startBusinessEvents({ endpoint: sink.url, strict: false });
    const recorder = createTestRecorder();
    onTestFinished(() => recorder.stop());
    fc.assert(
      fc.property(anyMaker, anyMaker, (makeOuter, makeInner) => {
        recorder.clear();
        const result = within(makeOuter(), () =>
          within({ kept: 1 }, () =>
            within(makeInner(), () => {
              record("shop.sold", {});
              return 7;
            }),
          ),
        );
        expect(result).toBe(7);
        expect(recorder.events()).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
    expect(within({ a: 1 }, undefined)).toBeUndefined();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("flush and shutdown take any options and reject never", async () => {
    startBusinessEvents({ endpoint: sink.url });
    record("shop.sold");
    for (const make of Object.values(hostileValues)) {
      await (flush as (options: unknown) => Promise<boolean>)(make());
      await (flush as (options: unknown) => Promise<boolean>)({ timeoutMs: make() });
    }
    expect(await (shutdown as (options: unknown) => Promise<boolean>)({ timeoutMs: "1" })).toBe(true);
    expect(sink.events).toHaveLength(1);
  });

  it.each(Object.entries(hostileValues))("every option being %s, events arrive", async (_title, make) => {
    diag.setLogger(hostileLogger, { suppressOverrideMessage: true });
    const hostile = Object.fromEntries(optionNames.map((name) => [name, make()]));
    const mine = { beforeSend: undefined, enabled: true };
    const own = {
      ...mine,
      endpoint: sink.url,
      disabled: false,
      inProcess: true,
      strict: false,
      spoolDirectory: undefined,
    };
    startBusinessEvents({ ...hostile, ...own } as never);
    withBusinessContext(make() as never, () => record("shop.sold", { kept: 1, value: make() }));
    expect(await flush()).toBe(true);
    expect(sink.events.map(({ attributes }) => attributes["kept"])).toEqual([1]);
  });
});

/** A logger of the product that throws. */
const hostileLogger = (() => {
  const no = (): never => {
    throw new Error("no");
  };
  return { error: no, warn: no, info: no, debug: no, verbose: no };
})();
