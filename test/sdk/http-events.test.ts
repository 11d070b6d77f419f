import { createServer, get, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { flush, recordBusinessEvent, shutdown, startBusinessEvents, withBusinessContext } from "@spanledger/sdk";
import fastify from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compilePath } from "../../sdk/src/match-path.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";

let sink: OtlpSink;
const servers: Server[] = [];

beforeEach(async () => {
  sink = await OtlpSink.start();
  startBusinessEvents({
    endpoint: sink.url,
    batchDelayMs: 5,
    httpEvents: [
      {
        method: "GET",
        path: "/api/tracking/:number",
        event: "query.tracking",
        attributes: { tracking_number: ":number", carrier: "ups" },
      },
      {
        path: "/shop/*",
        event: "shop.visited",
        attributes: ({ query, statusCode }) =>
          query.has("skip") ? null : { page: query.get("page"), status_code: statusCode },
      },
    ],
  });
});
afterEach(async () => {
  await shutdown();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await sink.stop();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The event is recorded when the response is closed, which the client may see a moment earlier. */
async function received(count: number): Promise<OtlpSink["events"]> {
  await sink.until(({ events }) => events.length >= count);
  await flush();
  return sink.events.toSorted((a, b) => a.seq - b.seq);
}

describe("httpEvents", () => {
  it("yields an event without code in the handler: parts of the path, success, duration", async () => {
    const url = await serve((incoming, response) => {
      response.statusCode = incoming.url?.includes("UNKNOWN") === true ? 404 : 200;
      response.end("ok");
    });
    await fetch(`${url}/api/tracking/TEST%20123456?lang=en`);
    await received(1);
    await fetch(`${url}/api/tracking/UNKNOWN`);
    await received(2);
    await fetch(`${url}/api/tracking/TEST/more`);
    await fetch(`${url}/api/tracking/TEST`, { method: "POST" });
    await fetch(`${url}/api/other`);
    await fetch(`${url}/shop/a/b?page=home`);
    const [first, second, third, ...rest] = await received(3);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      name: "query.tracking",
      attributes: { tracking_number: "TEST 123456", carrier: "ups", success: true },
    });
    expect(first!.attributes["response_time_ms"]).toBeGreaterThan(0);
    expect(second!.attributes).toMatchObject({ tracking_number: "UNKNOWN", success: false });
    expect(third).toMatchObject({
      name: "shop.visited",
      attributes: { page: "home", status_code: 200, success: true },
    });
  });

  it("leaves it to the handler where that records the same event", async () => {
    const url = await serve(async (_incoming, response) => {
      await new Promise((resolve) => setImmediate(resolve));
      await withBusinessContext({ session_id: "s-1" }, async () => {
        await Promise.resolve();
        recordBusinessEvent("query.tracking", { success: false, status: "lost" });
        response.end();
      });
    });
    await fetch(`${url}/api/tracking/1`);
    await fetch(`${url}/shop/x`);
    const events = await received(3);
    expect(events.map(({ name, attributes }) => [name, attributes["status"]])).toEqual([
      ["query.tracking", "lost"],
      ["query.tracking", "lost"],
      ["shop.visited", undefined],
    ]);
    // The context in which the handler ended its answer counts for the event too.
    expect(events[2]!.attributes["session_id"]).toBe("s-1");
  });

  it("keeps requests on one kept-alive connection apart", async () => {
    const url = await serve((incoming, response) => {
      if (incoming.url === "/api/tracking/explicit") {
        recordBusinessEvent("query.tracking", { success: true, status: "explicit" });
      }
      response.end();
    });
    const { Agent } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ["/api/tracking/explicit", "/api/tracking/a", "/other", "/api/tracking/b"]) {
      await new Promise((resolve) =>
        get(`${url}${path}`, { agent }, (response) => response.resume().on("end", resolve)),
      );
    }
    agent.destroy();
    const events = await received(3);
    expect(events.map(({ attributes }) => attributes["status"] ?? attributes["tracking_number"])).toEqual([
      "explicit",
      "a",
      "b",
    ]);
  });

  it("leaves the context that surrounds the server to the requests", async () => {
    const url = await withBusinessContext({ site: "brand-a" }, () =>
      serve((incoming, response) => {
        recordBusinessEvent("shop.seen", { url: incoming.url });
        response.end();
      }),
    );
    await fetch(`${url}/other`);
    await fetch(`${url}/api/tracking/1`);
    const events = await received(3);
    expect(events.map(({ name, attributes }) => [name, attributes["site"]])).toEqual([
      ["shop.seen", "brand-a"],
      ["shop.seen", "brand-a"],
      ["query.tracking", "brand-a"],
    ]);
  });

  it("carries what the handler's context says although the answer is ended outside of it", async () => {
    // As Koa, Hono and Next do: the handler gives its answer back, and somebody else writes it.
    const handle = (): Promise<string> =>
      withBusinessContext({ site: "brand-a", user_id: "u-1" }, async () => {
        await Promise.resolve();
        return withBusinessContext({ session_id: "s-1", user_id: null }, async () => "found");
      });
    const url = await serve((_incoming, response) => void handle().then((body) => response.end(body)));
    await fetch(`${url}/api/tracking/1`);
    await fetch(`${url}/shop/x?skip=1`);
    const [event, ...rest] = await received(1);
    expect(rest).toEqual([]);
    expect(event!.attributes).toMatchObject({ site: "brand-a", session_id: "s-1", tracking_number: "1" });
    expect(event!.attributes["user_id"]).toBeUndefined();
  });

  it("counts an answer that broke off as no success", async () => {
    const url = await serve((_incoming, response) => {
      response.write("half");
    });
    const client = request(`${url}/api/tracking/1`, (response) => response.on("data", () => client.destroy()));
    client.on("error", () => undefined);
    client.end();
    const [event] = await received(1);
    expect(event!.attributes["success"]).toBe(false);
  });

  it("works with Fastify", async () => {
    const app = fastify();
    app.get("/api/tracking/:number", () => ({ found: true }));
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    await fetch(`${url}/api/tracking/F-1`);
    const [event] = await received(1);
    await app.close();
    expect(event!.attributes).toMatchObject({ tracking_number: "F-1", success: true });
  });

  it("a rule that throws harms nobody", async () => {
    await shutdown();
    startBusinessEvents({
      endpoint: sink.url,
      batchDelayMs: 5,
      httpEvents: [
        {
          path: "/",
          event: "shop.visited",
          attributes: () => {
            throw new Error("no");
          },
        },
        { path: "/", event: "shop.left" },
        // Nothing of it may end the process.
        { path: "/", event: "shop.late", attributes: (async () => Promise.reject(new Error("no"))) as never },
        { path: "no slash", event: "shop.never" },
      ],
    });
    const url = await serve((_incoming, response) => response.end("fine"));
    expect(await (await fetch(url)).text()).toBe("fine");
    // Neither the request, nor the rule behind it.
    expect(await received(1)).toMatchObject([{ name: "shop.left", attributes: { success: true } }]);
  });
});

describe("requests that began before the start", () => {
  const run = async (...args: string[]): Promise<OtlpSink["events"]> => {
    const end = await runProduct("started-in-request", { endpoint: sink.url, args });
    expect(end).toMatchObject({ code: 0, stderr: "" });
    return sink.events.toSorted(
      (a, b) => Number(a.attributes["tracking_number"]) - Number(b.attributes["tracking_number"]),
    );
  };

  it("yield their events too, without a duration that nobody measured", async () => {
    expect((await run()).map(({ attributes }) => attributes)).toEqual([
      { tracking_number: "1", success: true },
      { tracking_number: "2", success: true },
      { tracking_number: "3", success: true, response_time_ms: expect.any(Number) },
    ]);
  });

  it("yield no second event beside an explicit one", async () => {
    const numbers = (await run("explicit")).map(({ attributes }) => attributes["tracking_number"]);
    // Which of the requests it belongs to cannot be known.
    expect(new Set(numbers)).toEqual(new Set(["3", undefined]));
    expect(numbers).toHaveLength(2);
  });
});

describe("compilePath", () => {
  it.each([
    ["/a/:b", "/a/1", { b: "1" }],
    ["/a/:b", "/a/1/", { b: "1" }],
    ["/a/:b", "/a/", null],
    ["/a/:b", "/a/%E4%BD%A0", { b: "你" }],
    ["/a/:b", "/a/%zz", { b: "%zz" }],
    ["/a/*", "/a/b/c", {}],
    ["/a/*", "/b", null],
    ["/", "/", {}],
    ["/a", "/A", null],
  ])("%s on %s", (path, actual, expected) => {
    expect(compilePath(path)(actual)).toEqual(expected);
  });

  it("refuses what is not a path", () => {
    expect(() => compilePath("api")).toThrow(/begins with/);
    expect(() => compilePath("/:a/:a")).toThrow(/twice/);
  });
});
