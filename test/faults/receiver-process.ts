import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const shiftClock = new URL("shift-clock.mjs", import.meta.url).href;

/** How a receiver is started otherwise than usual. */
export interface ReceiverVariant {
  /** By so much its date is ahead, in ms; negative: behind. */
  readonly shiftMs?: number;
  /** A checked-out commit whose receiver is started. */
  readonly folder?: string;
}

/** Numbers of `/metrics` that have to add up. */
export interface Ledger {
  readonly received: number;
  readonly committed: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly ignored: number;
  readonly refused: number;
}

/** A receiver in a process of its own that is killed and started again on the same port. */
export class ReceiverProcess {
  readonly port: number;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #logFile: string;
  readonly #log: number;
  #child: ChildProcess | undefined;

  constructor(port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    this.port = port;
    this.#environment = environment;
    this.#logFile = logFile;
    this.#log = openSync(logFile, "a");
    process.once("exit", () => this.#child?.kill("SIGKILL"));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, and waits until it may be sent requests. */
  async start({ shiftMs, folder = root }: ReceiverVariant = {}): Promise<void> {
    const shifted =
      shiftMs === undefined
        ? {}
        : { NODE_OPTIONS: `--import=${shiftClock}`, SPANLEDGER_TEST_SHIFT_MS: String(shiftMs) };
    const program = join(folder, "collector-receiver/bin/spanledger.js");
    const child = spawn(process.execPath, [program, "start"], {
      env: { PATH: process.env["PATH"], ...this.#environment, ...shifted, PORT: String(this.port) },
      stdio: ["ignore", this.#log, this.#log],
    });
    this.#child = child;
    for (let attempt = 0; attempt < 600; attempt++) {
      if (child.exitCode !== null) {
        const said = (await readFile(this.#logFile, "utf8")).trim().split("\n").slice(-5).join("\n");
        throw new Error(`the receiver ended with exit code ${child.exitCode}; its log ends:\n${said}`);
      }
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error("the receiver does not get ready");
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it; resolves when it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Largest resident memory so far, in bytes; 0 if the system does not tell. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child?.pid}/status`, "utf8").catch(() => "");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** The counters of this process. */
  async ledger(): Promise<Ledger> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^spanledger_${name}_total(?:{[^}]*})? (\\S+)$`, "gm"))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    return {
      received: sum("events_received"),
      committed: sum("events_committed"),
      duplicates: sum("events_duplicate"),
      rejected: sum("events_rejected"),
      ignored: sum("ignored"),
      refused: sum("events_unavailable"),
    };
  }
}
