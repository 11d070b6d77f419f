import { once } from "node:events";
import { connect } from "node:net";
import { fastify } from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { limitReads } from "../../../collector-receiver/src/operating/limit-reads.ts";

/** A server whose answers wait until they are let go. */
async function startSlowReads() {
  const app = fastify();
  const open: { readonly tenant: string; readonly answer: () => void }[] = [];
  limitReads(app, (request) => request.headers["x-tenant"] as string | undefined);
  app.get("/slow", (request) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    open.push({ tenant: String(request.headers["x-tenant"]), answer: () => resolve("numbers") });
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
  const come = async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const [seen] = (await Promise.all([once(app.server, "connection"), once(socket, "connect")]))[0];
    socket.write("GET /slow HTTP/1.1\r\nHost: x\r\nX-Tenant: brand\r\n\r\n");
    return async () => {
      socket.destroy();
      await once(seen, "close");
    };
  };
  return { come, open, ask, opened: (tenant: string) => open.filter((each) => each.tenant === tenant).length };
}

test("of one tenant's requests four are answered at a time and 200 wait, and another tenant's do not", async () => {
  const { open, ask, opened } = await startSlowReads();
  const flood = Array.from({ length: 204 }, () => ask("flooding"));
  await vi.waitFor(() => expect(opened("flooding")).toBe(4));
  // Refused only once the 200 have arrived.
  const refused = await vi.waitFor(async () => {
    const answer = await ask("flooding", AbortSignal.timeout(1000));
    expect(answer.status).toBe(429);
    return answer;
  }, 20_000);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ code: "too_many_requests" });
  expect(opened("flooding")).toBe(4);
  const other = ask("quiet");
  await vi.waitFor(() => expect(opened("quiet")).toBe(1));
  for (const { answer } of open) answer();
  expect((await other).status).toBe(200);
  const letGo = setInterval(() => open.forEach(({ answer }) => answer()), 5);
  expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([200]));
  clearInterval(letGo);
}, 60_000);

test("a reader that goes away gives its place to the next, and one that leaves the line is not answered", async () => {
  const { come, open, ask, opened } = await startSlowReads();
  const leave = [await come(), await come(), await come(), await come()];
  await vi.waitFor(() => expect(opened("brand")).toBe(4));
  const leaveTheLine = await come();
  const patient = ask("brand");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await leaveTheLine();
  for (const go of leave) await go();
  await vi.waitFor(() => expect(opened("brand")).toBe(5));
  for (const { answer } of open) answer();
  expect((await patient).status).toBe(200);
  // All places are free again.
  const again = Array.from({ length: 4 }, () => ask("brand"));
  await vi.waitFor(() => expect(opened("brand")).toBe(9));
  for (const { answer } of open) answer();
  expect((await Promise.all(again)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});
