import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { cloneFlags, v8Flags } from "../../collector-receiver/bin/v8-flags.js";
import { packageVersion } from "../../collector-receiver/src/package-root.ts";
import { useTestDatabase } from "../support/create-test-database.ts";

const program = fileURLToPath(new URL("../../collector-receiver/bin/spanledger.js", import.meta.url));

/** Starts the program with options of Node's own in front of it; each `preload` is the text of a module. */
function start(preload: string, words: readonly string[], environment: Record<string, string> = {}) {
  const imported = `data:text/javascript,${encodeURIComponent(preload)}`;
  const child = spawn(process.execPath, ["--import", imported, program, ...words], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, said, ended, imported };
}

test("goes on in the same process, with V8's flags, the sources and the caller's own options", async () => {
  const { child, said, ended, imported } = start(
    "process.stderr.write(JSON.stringify([process.pid, process.execArgv, process.argv.slice(2)]) + '\\n');",
    ["--version"],
  );
  expect(await ended).toEqual([0, null]);
  expect(said.stdout).toBe(`${packageVersion}\n`);
  const own = ["--import", imported];
  expect(
    said.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    [child.pid, own, ["--version"]],
    [child.pid, [...cloneFlags, ...v8Flags, ...own], ["--version"]],
  ]);
});

test("a Node that is too old is told so, with what to do", async () => {
  const { said, ended } = start("Object.defineProperty(process, 'versions', { value: { node: '24.11.9' } });", [
    "--version",
  ]);
  expect(await ended).toEqual([1, null]);
  expect(said.stdout).toBe("");
  expect(said.stderr).toMatch(/^spanledger needs Node\.js 24\.12 or later, and this is v\d.+\. Run `npm start`/);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "where a process can't be replaced, %s reaches the receiver, which closes in order",
  async (signal) => {
    const database = await useTestDatabase();
    const { child, said, ended } = start("process.execve = undefined;", ["start"], {
      DATABASE_URL: database.connectionString,
      PORT: "0",
    });
    await vi.waitUntil(() => said.stdout.includes("the receiver listens"), { timeout: 50_000 });
    const pid = Number(/"pid":(\d+)/.exec(said.stdout)?.[1]);
    expect(pid).not.toBe(child.pid);
    child.kill(signal);
    expect(await ended, said.stderr).toEqual([0, null]);
    expect(said.stdout).toContain('"msg":"closed"');
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  },
);

test("where a process can't be replaced, how the receiver ended is how we end", async () => {
  const withoutReplacing = "process.execve = undefined;";
  const refused = start(withoutReplacing, ["start"], { PORT: "none" });
  expect(await refused.ended).toEqual([78, null]);

  const killed = start(`${withoutReplacing} if (process.execArgv.length > 2) process.kill(process.pid, 'SIGKILL');`, [
    "start",
  ]);
  expect(await killed.ended).toEqual([null, "SIGKILL"]);
});
