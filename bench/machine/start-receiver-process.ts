import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";
import { pidsOfTree } from "./process-use.ts";
import { findStartCommand } from "./start-command.ts";

export interface ReceiverProcess {
  /** The process that was started. The receiver is this process or a descendant: the command may go through a shell. */
  readonly pid: number;
  readonly port: number;
  /** Stops the receiver and resolves when all its processes have ended. */
  stop(): Promise<void>;
}

export interface ReceiverStart {
  readonly connectionString: string;
  /** Root of the checked-out commit whose receiver starts; this one's if left out. */
  readonly folder?: string;
  /** Options of Node beyond those of the start script, e.g. `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
  /** Variables beyond those that it needs to start. */
  readonly environment?: Readonly<Record<string, string>>;
}

const thisFolder = fileURLToPath(new URL("../../", import.meta.url));
const startWithinMs = 60_000;
const stopWithinMs = 60_000;

/**
 * Starts a receiver with the commit's own start script, as `npm start` does, on a free port of 127.0.0.1.
 * @throws Error if it ends or is not ready within 60 s
 */
export async function startReceiverProcess({
  connectionString,
  folder = thisFolder,
  nodeOptions = [],
  environment = {},
}: ReceiverStart): Promise<ReceiverProcess> {
  const port = await findFreePort();
  const command = await findStartCommand(folder);
  const child = spawn(command, {
    cwd: folder,
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: [join(folder, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter),
      HOME: process.env["HOME"],
      NODE_OPTIONS: nodeOptions.join(" "),
      DATABASE_URL: connectionString,
      HOST: "127.0.0.1",
      PORT: String(port),
      LOG_LEVEL: "warn",
      ...environment,
    },
  });
  const pid = child.pid ?? -1;
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  const stop = async (): Promise<void> => {
    process.off("exit", onExit);
    // A shell passes no signal on, and a process whose parent has ended cannot be found any more.
    const pids = new Set(await pidsOfTree(pid)).add(pid);
    for (const each of pids) signal(each, "SIGTERM");
    const deadline = Date.now() + stopWithinMs;
    while (Date.now() < deadline && (!ended() || [...pids].some((each) => signal(each, 0)))) await sleep(20);
    for (const each of pids) signal(each, "SIGKILL");
  };
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    if (ended()) {
      throw new Error(`the receiver (\`${command}\` in ${folder}) ended with ${child.exitCode} before it was ready`);
    }
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (ready?.status === 200) break;
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`the receiver (\`${command}\` in ${folder}) was not ready within ${startWithinMs / 1000} s`);
    }
    await sleep(50);
  }
  return { pid, port, stop };
}

/** False if there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
