import { once } from "node:events";
import { connect } from "node:net";
import { fastify } from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { limitReads } from "../../../collector-receiver/src/operating/limit-reads.ts";

/** A server whose answers wait until they are let go. */
async function startSlowReads(numbers = "numbers") {
  const app = fastify();
  const open: { readonly tenant: string; readonly answer: () => void }[] = [];
  limitReads(app, (request) => request.headers["x-tenant"] as string | undefined);
  app.get("/slow", (request) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    open.push({ tenant: String(request.headers["x-tenant"]), answer: () => resolve(numbers) });
    return promise;
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const ask = (tenant: string, signal?: AbortSignal) =>
    fetch(`${url}/slow`, { headers: { "x-tenant": tenant }, ...(signal === undefined ? {} : { signal }) });
  /** A reader on a connection of its own, which it can close. */
  const come = async ({ reads = true } = {}) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const [seen] = (await Promise.all([once(app.server, "connection"), once(socket, "connect")]))[0];
    if (!reads) socket.pause();
    socket.write("GET /slow HTTP/1.1\r\nHost: x\r\nX-Tenant: brand\r\n\r\n");
    return async () => {
      socket.destroy();
      await once(seen, "close");
    };
  };
  return { come, open, ask, opened: (tenant: string) => open.filter((each) => each.tenant === tenant).length };
}

test("of one tenant's requests one is answered at a time and 200 wait, and another tenant's do not", async () => {
  const { open, ask, opened } = await startSlowReads();
  const flood = Array.from({ length: 201 }, () => ask("flooding"));
  await vi.waitFor(() => expect(opened("flooding")).toBe(1));
  // Refused only once the 200 have arrived.
  const refused = await vi.waitFor(async () => {
    const answer = await ask("flooding", AbortSignal.timeout(1000));
    expect(answer.status).toBe(429);
    return answer;
  }, 20_000);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ code: "too_many_requests" });
  expect(opened("flooding")).toBe(1);
  const other = ask("quiet");
  await vi.waitFor(() => expect(opened("quiet")).toBe(1));
  for (const { answer } of open) answer();
  expect((await other).status).toBe(200);
  const letGo = setInterval(() => open.forEach(({ answer }) => answer()), 5);
  expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([200]));
  clearInterval(letGo);
}, 60_000);

test("a reader that goes away keeps its place until its answer is made, and one that leaves the line is not answered", async () => {
  const { come, open, ask, opened } = await startSlowReads();
  const leave = await come();
  await vi.waitFor(() => expect(opened("brand")).toBe(1));
  const leaveTheLine = await come();
  const patient = ask("brand");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await leaveTheLine();
  await leave();
  // Else whoever asks and leaves would have any number of answers made at once.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(opened("brand")).toBe(1);
  for (const { answer } of open) answer();
  await vi.waitFor(() => expect(opened("brand")).toBe(2));
  for (const { answer } of open) answer();
  expect((await patient).status).toBe(200);
  // The place is free again.
  const again = ask("brand");
  await vi.waitFor(() => expect(opened("brand")).toBe(3));
  for (const { answer } of open) answer();
  expect((await again).status).toBe(200);
});

test("a reader that does not take its answer keeps nobody waiting", async () => {
  const { come, open, ask, opened } = await startSlowReads("x".repeat(32 * 1024 * 1024));
  await come({ reads: false });
  await vi.waitFor(() => expect(opened("brand")).toBe(1));
  for (const { answer } of open) answer();
  const next = ask("brand");
  await vi.waitFor(() => expect(opened("brand")).toBe(2));
  for (const { answer } of open) answer();
  expect((await next).status).toBe(200);
});
