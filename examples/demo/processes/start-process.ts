import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DemoError } from "../parse-demo-arguments.ts";

export interface ProcessPlan {
  readonly name: string;
  /** TypeScript or JavaScript file, run by our own Node. */
  readonly entry: URL;
  readonly arguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 2xx when the process is ready. */
  readonly readyUrl: string;
  readonly logFile: string;
  /** Modules that are loaded before the entry. */
  readonly preload?: readonly URL[];
}

export interface RunningProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Settles when the process has ended, with how. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL if 15 s are not enough. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;
const stopWithParent = new URL("./stop-with-parent.ts", import.meta.url);

/**
 * Starts one of the demo's processes and waits until it is ready. It runs in a process group of its
 * own, so that Ctrl-C reaches us alone and the order of stopping is ours; should we be killed, it
 * stops by itself.
 * @throws DemoError `process_failed`, with the end of its log
 */
export async function startProcess(plan: ProcessPlan, signal: AbortSignal): Promise<RunningProcess> {
  // A file and no pipe: with us killed, a logger would try for ever to write its last lines into a broken pipe.
  const log = openSync(plan.logFile, "w");
  const preloads = [stopWithParent, ...(plan.preload ?? [])].flatMap((url) => ["--import", url.href]);
  const command = [...preloads, fileURLToPath(plan.entry), ...(plan.arguments ?? [])];
  const child = spawn(process.execPath, ["--conditions=spanledger-source", ...command], {
    env: { ...plan.environment },
    // Nothing is written to its standard input, whose end says that we are gone.
    stdio: ["pipe", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  const ended = once(child, "exit").then(([code, killedBy]) =>
    killedBy === null ? `exit code ${code}` : `signal ${killedBy}`,
  );
  const running: RunningProcess = { name: plan.name, child, ended, stop: () => stopProcess(child, ended) };
  try {
    await waitUntilReady(plan, ended, signal);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

async function waitUntilReady(plan: ProcessPlan, ended: Promise<string>, signal: AbortSignal): Promise<void> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  const deadline = Date.now() + startTimeoutMs;
  while (end === undefined && Date.now() < deadline) {
    signal.throwIfAborted();
    const ready = await fetch(plan.readyUrl, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await wait(100);
  }
  const tail = (await readFile(plan.logFile, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
  const what = end === undefined ? `was not ready after ${startTimeoutMs / 1_000} s` : `ended with ${end}`;
  throw new DemoError("process_failed", `the ${plan.name} ${what}; its log ${plan.logFile} ends with:\n${tail}`);
}

async function stopProcess(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}
