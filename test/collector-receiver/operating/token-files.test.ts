import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { FastifyBaseLogger } from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchTokenFile } from "../../../collector-receiver/src/operating/watch-token-file.ts";
import { ReloadableTokens } from "../../../collector-receiver/src/receiving/reloadable-tokens.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const hashOf = (token: string): string => `sha256:${createHash("sha256").update(token).digest("hex")}`;

async function useFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-tokens-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "tokens");
  await writeFile(path, content);
  return path;
}

test("a receiver takes its tokens from files, in plain or hashed", async () => {
  const readers = await useFile(
    `# analysts\n\nbrand-a:${hashOf("reader-of-brand-a-9Q")}\nbrand-b:reader-of-brand-b-7W,\n`,
  );
  const senders = await useFile(`brand-a:${hashOf("sender-of-brand-a-3E")}`);
  const { url } = await startTestReceiver({ READ_TOKENS_FILE: readers, INGEST_TOKENS_FILE: senders });
  const read = async (token: string) =>
    (await fetch(`${url}/api/analytics/summary`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await read("reader-of-brand-a-9Q")).toBe(200);
  expect(await read("reader-of-brand-b-7W")).toBe(200);
  expect(await read("reader-of-brand-c-1R")).toBe(401);
  // Whoever has stolen the file has no token.
  expect(await read(hashOf("reader-of-brand-a-9Q"))).toBe(401);
  expect(await read(hashOf("reader-of-brand-a-9Q").slice("sha256:".length))).toBe(401);
  const send = async (token: string) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    return (await fetch(`${url}/v1/traces`, { method: "POST", headers, body: "{}" })).status;
  };
  expect(await send("sender-of-brand-a-3E")).toBe(200);
  expect(await send("sender-of-brand-a-4T")).toBe(503);
});

test("tokens are rotated while the receiver runs; a file that is wrong, empty or gone changes nothing", async () => {
  const first = "brand-a:first-token-Xk29\n";
  const path = await useFile(first);
  const tokens = new ReloadableTokens([{ token: "first-token-Xk29", tenantIds: ["brand-a"] }]);
  const log: string[] = [];
  const logger = pino({}, { write: (line: string) => void log.push(line) }) as FastifyBaseLogger;
  const end = watchTokenFile(
    {
      variable: "READ_TOKENS_FILE",
      path,
      options: { severalTenants: false },
      replace: (grants) => tokens.replace(grants),
    },
    first,
    logger,
    5,
  );
  onTestFinished(end);
  const isKnown = (token: string) => tokens.resolve(`Bearer ${token}`) !== null;
  await writeFile(path, "brand-a:first-token-Xk29\nbrand-a:second-token-Pw71\n");
  await vi.waitFor(() => expect(isKnown("second-token-Pw71")).toBe(true));
  expect(isKnown("first-token-Xk29")).toBe(true);
  await writeFile(path, "brand-a:second-token-Pw71\n");
  await vi.waitFor(() => expect(isKnown("first-token-Xk29")).toBe(false));

  for (const [content, said] of [
    ["", "the file has no entry"],
    ["brand-a:aaaaaaaaaaaaaaaaaa\n", "different characters"],
    ["brand-a|brand-b:gateway-token-Zr55\n", "belongs to one"],
  ] as const) {
    log.length = 0;
    await writeFile(path, content);
    await vi.waitFor(() => expect(log.join("")).toContain(said));
    expect(isKnown("second-token-Pw71"), said).toBe(true);
    expect(log.join("")).not.toContain("gateway-token");
  }
  log.length = 0;
  await rm(path);
  await vi.waitFor(() => expect(log.join("")).toContain("cannot be read (ENOENT)"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(log).toHaveLength(1);
  expect(isKnown("second-token-Pw71")).toBe(true);
  await writeFile(path, "brand-a:third-token-Bd83\n");
  await vi.waitFor(() => expect(isKnown("third-token-Bd83")).toBe(true));
});
