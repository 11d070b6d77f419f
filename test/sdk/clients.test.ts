/** What a product may ask for all its events or for some: defaults, beforeSend, enabled, tenants, clients. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  businessEventsStatus,
  createBusinessEvents,
  flush,
  recordBusinessEvent,
  shutdown,
  startBusinessEvents,
  withBusinessContext,
  type BusinessEventsOptions,
} from "@spanledger/sdk";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { readConnection } from "../../sdk/src/config/read-connection.ts";
import type { ReceivedEvent } from "./decode-otlp.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";

let sink: OtlpSink;
useSink((started) => (sink = started), 10_000);
afterEach(() => {
  vi.unstubAllEnvs();
});

function start(options: BusinessEventsOptions): void {
  startBusinessEvents({ endpoint: sink.url, strict: false, ...options });
}
async function received(): Promise<ReceivedEvent[]> {
  expect(await flush()).toBe(true);
  return sink.events.toSorted((a, b) => a.seq - b.seq);
}
const attributesOf = (events: readonly ReceivedEvent[]): object[] => events.map(({ attributes }) => attributes);

describe("defaults", () => {
  it("are in every event; context and event win, null hides", async () => {
    start({ defaults: { site: "a", plan: "free", region: "eu" } });
    withBusinessContext({ plan: "pro" }, () => recordBusinessEvent("shop.sold", { region: null, i: 1 }));
    recordBusinessEvent("shop.sold");
    expect(attributesOf(await received())).toEqual([
      { site: "a", plan: "pro", i: 1 },
      { site: "a", plan: "free", region: "eu" },
    ]);
  });
});

describe("beforeSend", () => {
  it("changes an event, or leaves it out without a gap", async () => {
    start({
      defaults: { site: "a" },
      beforeSend: (event) => {
        if (event.name === "shop.hidden") return null;
        delete event.attributes["email"];
        return { attributes: { ...event.attributes, seen: true } };
      },
    });
    withBusinessContext({ email: "x@y" }, () => recordBusinessEvent("shop.sold", { i: 1 }));
    recordBusinessEvent("shop.hidden");
    recordBusinessEvent("shop.sold", { i: 2 });
    const events = await received();
    expect(attributesOf(events)).toEqual([
      { site: "a", i: 1, seen: true },
      { site: "a", i: 2, seen: true },
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["returns nothing", () => undefined],
    ["is async and rejects", async () => Promise.reject(new Error("no"))],
  ])("that %s drops the event, counted: it may hold what was to be removed", async (_title, beforeSend) => {
    start({ beforeSend: beforeSend as never });
    recordBusinessEvent("shop.sold", { secret: 1 });
    expect(await received()).toEqual([]);
    expect(businessEventsStatus()).toMatchObject({ recorded: 1, dropped: 1, pending: 0 });
  });
});

it("enabled may change at run time, by a function", async () => {
  let agreed = false;
  start({ enabled: () => agreed });
  recordBusinessEvent("shop.sold", { i: 1 });
  agreed = true;
  recordBusinessEvent("shop.sold", { i: 2 });
  expect(attributesOf(await received())).toEqual([{ i: 2 }]);
});

describe.each(["span-event", "log-record"] as const)("a tenant by event, as %s", (emit) => {
  it("is the resource's of that event alone", async () => {
    start({ emit, tenant: "main", serviceName: "shop" });
    for (const tenant of ["b", undefined, "c", "b", "店"]) {
      recordBusinessEvent("shop.sold", { of: tenant ?? "main" }, tenant === undefined ? {} : { tenant });
    }
    (recordBusinessEvent as (...args: unknown[]) => void)("shop.sold", { of: "main" }, { tenant: 7 });
    const events = await received();
    expect(events).toHaveLength(6);
    for (const { resource, attributes } of events) {
      expect(resource).toMatchObject({ "spanledger.tenant": attributes["of"], "service.name": "shop" });
    }
    expect(sink.requests).toHaveLength(1);
  });
});

it("a tenant by event outlives the spool", async () => {
  const spoolDirectory = mkdtempSync(join(tmpdir(), "spanledger-tenant-"));
  onTestFinished(() => rmSync(spoolDirectory, { recursive: true, force: true }));
  start({ spoolDirectory });
  recordBusinessEvent("shop.sold", {}, { tenant: "b" });
  expect((await received())[0]!.resource["spanledger.tenant"]).toBe("b");
});

it("clients share the sender, each with its tenant, defaults and switch", async () => {
  const a = createBusinessEvents({ endpoint: sink.url, tenant: "a", defaults: { site: "a" } });
  const b = createBusinessEvents({
    tenant: "b",
    beforeSend: ({ attributes }) => ({ attributes: { ...attributes, b: true } }),
  });
  a.record("shop.sold", { i: 1 });
  b.record("shop.sold", { i: 2 });
  b.enabled = false;
  b.record("shop.sold", { i: 3 });
  recordBusinessEvent("shop.sold", { i: 4 });
  a.record("shop.sold", { i: 5 }, { tenant: "c" });
  const events = await received();
  expect(events.map(({ resource, attributes }) => [resource["spanledger.tenant"], attributes])).toEqual([
    ["a", { site: "a", i: 1 }],
    ["b", { b: true, i: 2 }],
    [undefined, { i: 4 }],
    ["c", { site: "a", i: 5 }],
  ]);
  expect(new Set(events.map(({ sourceId }) => sourceId)).size).toBe(1);
});

it("onError hears what is said, and may throw", async () => {
  const heard: Error[] = [];
  start({
    onError: (error) => {
      heard.push(error);
      throw new Error("no");
    },
  });
  (recordBusinessEvent as (name: string, attributes: object) => void)("ticket.created", { ticket_id: "heard" });
  expect(heard).toEqual([expect.objectContaining({ name: "BusinessEventError", attribute: "ticket_id" })]);
  sink.misbehave = (_request, response) => {
    response.writeHead(400).end("refused on purpose");
    return true;
  };
  await flush();
  await vi.waitFor(() => expect(heard.at(-1)!.message).toContain("refused on purpose"), 20_000);
});

it("waitUntil gets one promise for what is recorded together, kept when that is sent", async () => {
  const promises: Promise<unknown>[] = [];
  start({ batchDelayMs: 60_000, waitUntil: (promise) => void promises.push(promise) });
  for (let i = 0; i < 3; i += 1) recordBusinessEvent("shop.sold", { i });
  expect(promises).toHaveLength(1);
  await promises[0];
  expect(sink.events).toHaveLength(3);
  recordBusinessEvent("shop.sold");
  expect(promises).toHaveLength(2);
  await promises[1];
});

describe("connections", () => {
  it("trust the authority of OTEL_EXPORTER_OTLP_CERTIFICATE and show the client's certificate", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spanledger-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key,
        "-out",
        cert,
        "-days",
        "2",
        ...subject,
      ],
      { stdio: "ignore" },
    );
    const clients: string[] = [];
    const server = createTlsServer(
      {
        key: readFileSync(key),
        cert: readFileSync(cert),
        ca: readFileSync(cert),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        clients.push(
          (request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate()
            .subject.CN,
        );
        request.resume();
        response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
      },
    );
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    start({ endpoint });
    recordBusinessEvent("shop.sold");
    expect(await flush({ timeoutMs: 400 })).toBe(false);
    vi.stubEnv("OTEL_EXPORTER_OTLP_CERTIFICATE", cert);
    vi.stubEnv("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", cert);
    vi.stubEnv("OTEL_EXPORTER_OTLP_CLIENT_KEY", key);
    start({ endpoint });
    expect(await flush()).toBe(true);
    expect(clients).toContain("localhost");
    await shutdown();
    server.closeAllConnections();
  });

  it("go through the proxy of the environment where Node can, and say it where it cannot", async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? "");
      request.resume();
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
    onTestFinished(() => void proxy.close());
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    vi.stubEnv("HTTP_PROXY", address);
    vi.stubEnv("NO_PROXY", "");
    start({ endpoint: "http://receiver.invalid:4318" });
    recordBusinessEvent("shop.sold");
    expect(await flush()).toBe(true);
    expect(asked[0]).toBe("http://receiver.invalid:4318/v1/traces");
    await shutdown();
    proxy.closeAllConnections();

    const warnings: string[] = [];
    const proxyOf = (url: string, version: string): object | null =>
      readConnection({ HTTPS_PROXY: "http://p:1" }, new URL(url), "traces", version, (line) => void warnings.push(line))
        .proxyEnv;
    expect(proxyOf("https://host", "24.5.0")).toEqual({ HTTPS_PROXY: "http://p:1" });
    expect(proxyOf("https://host", "22.21.1")).not.toBeNull();
    expect(proxyOf("http://host", "24.5.0")).toBeNull();
    expect(proxyOf("https://localhost:4318", "24.5.0")).toBeNull();
    expect(warnings).toEqual([]);
    expect(proxyOf("https://host", "20.19.0")).toBeNull();
    expect(warnings).toEqual([expect.stringContaining("Node 20.19.0 cannot use it")]);
  });
});
