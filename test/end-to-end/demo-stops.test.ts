import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { expect, onTestFinished, test, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Process id and parent of everything that runs; who has ended but was not yet waited for does not. */
async function listProcesses(): Promise<{ pid: number; parent: number }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,stat="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, _id, state]) => state?.startsWith("Z") === false)
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}
async function stillRunning(pids: readonly number[]): Promise<number[]> {
  return (await listProcesses()).map(({ pid }) => pid).filter((pid) => pids.includes(pid));
}
/** Children, their children and so on, a parent before its children. */
async function listDescendants(ancestor: number): Promise<number[]> {
  const processes = await listProcesses();
  const found = [ancestor];
  for (const parent of found) found.push(...processes.filter((each) => each.parent === parent).map(({ pid }) => pid));
  return found.slice(1);
}
/** Any answer: the Collector knows no such path. */
const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/livez`).then(
    (response) => response.status < 500,
    () => false,
  );

type Command = readonly [file: string, ...args: string[]];
const node: Command = [process.execPath, "--conditions=spanledger-source", "examples/demo/run-demo.ts"];
const npm: Command = ["npm", "run", "demo", "--"];

test.each<[signal: NodeJS.Signals, name: string, command: Command]>([
  ["SIGINT", "the demo", node],
  ["SIGTERM", "the demo", node],
  ["SIGKILL", "the demo", node],
  ["SIGTERM", "npm run demo", npm],
])(
  "%s to %s leaves no process behind",
  async (signal, _name, [file, ...args]) => {
    const dataFolder = await mkdtemp(join(tmpdir(), "spanledger-demo-"));
    const { DATABASE_URL: _, ...environment } = process.env;
    const demo = spawn(file, [...args, "--ports", "auto", "--data-folder", dataFolder], {
      cwd: root,
      env: { ...environment, NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(demo, "close");
    onTestFinished(async () => {
      demo.kill("SIGKILL");
      await ended;
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
    });
    let output = "";
    demo.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await vi
      .waitUntil(() => output.includes("Ctrl-C stops all of it"), { timeout: 100_000 })
      .catch(() => {
        throw new Error(`the demo did not come up; it said:
${output}`);
      });
    const urls = [...output.matchAll(/listens on (http:\S+)/g)].map(([, url]) => url!);
    const hasCollector = (await findCollector()) !== undefined;
    expect(urls).toHaveLength(hasCollector ? 5 : 4);
    expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => true));
    // PostgreSQL with its own children, the receiver, the Collector behind who watches over it, both products.
    const children = await listDescendants(demo.pid!);
    const direct = (await listProcesses()).filter(({ parent }) => parent === demo.pid).map(({ pid }) => pid);
    expect(children.length).toBeGreaterThanOrEqual(hasCollector ? 7 : 5);

    demo.kill(signal);
    const [code] = await ended;
    if (signal !== "SIGKILL") {
      expect(code).toBe(0);
      expect(output).toContain("All stopped.");
      expect(await stillRunning(children)).toEqual([]);
      return;
    }
    // Nobody is left to stop them in order: each notices by itself. PostgreSQL can do that on Linux only.
    const expected = process.platform === "linux" ? children : direct.slice(1);
    await vi.waitUntil(async () => (await stillRunning(expected)).length === 0, { timeout: 60_000 });
  },
  200_000,
);
