import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";

/** The configuration that is deployed. */
export const collectorConfig = fileURLToPath(new URL("../../otel-collector.yaml", import.meta.url));

const startTimeoutMs = 60_000;

export interface CollectorOptions {
  /** The program: see `findCollector`. */
  readonly program: string;
  /** Its queue and its log; a second start on the same folder goes on with what waits there. */
  readonly folder: string;
  /** The receiver. */
  readonly receiverUrl: string;
  /** The gateway's token, if the receiver asks for one. */
  readonly token?: string;
  /** In place of the configuration that is deployed. */
  readonly config?: string;
  /** Configurations on top of it. */
  readonly overlays?: readonly string[];
  /** Variables beyond those that follow from the above. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where a Collector listened before that is started again. */
  readonly ports?: CollectorPorts;
}

export interface CollectorPorts {
  readonly grpc: number;
  readonly http: number;
  readonly health: number;
  readonly metrics: number;
}

export interface RunningCollector {
  /** For OTLP/HTTP, without a path. */
  readonly url: string;
  readonly metricsUrl: string;
  readonly ports: CollectorPorts;
  readonly pid: number;
  readonly logFile: string;
  /** SIGTERM: what is in the queue waits on disk for the next start. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Starts the Collector with otel-collector.yaml on free ports of 127.0.0.1 and waits until it is healthy.
 * @throws with the end of its log if it does not start
 */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  await mkdir(options.folder, { recursive: true });
  const ports = options.ports ?? (await chooseCollectorPorts());
  const logFile = join(options.folder, "collector.log");
  const configs = [options.config ?? collectorConfig, ...(options.overlays ?? [])].flatMap((path) => [
    "--config",
    path,
  ]);
  const child = spawn(options.program, configs, {
    // Its own group: a Ctrl-C in the terminal reaches whoever started it, who stops it after the products.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentOf(options, ports),
  });
  const log = createWriteStream(logFile, { flags: "a" });
  let said = "";
  const collect = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-8000);
    log.write(chunk);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const onExit = () => void child.kill("SIGKILL");
  process.once("exit", onExit);
  const stop = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => {
    process.off("exit", onExit);
    if (child.exitCode === null && child.signalCode === null) {
      // `close` comes when its last output was read, after `exit`.
      const gone = once(child, "close");
      child.kill(signal);
      await gone;
    }
    if (!log.writableFinished) await new Promise<void>((resolve) => log.end(() => resolve()));
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isHealthy(ports.health))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      await stop("SIGKILL");
      throw new Error(`the Collector did not start (${ended ? "it ended" : "not healthy in time"}). It said:\n${said}`);
    }
    await sleep(50);
  }
  return {
    url: `http://127.0.0.1:${ports.http}`,
    metricsUrl: `http://127.0.0.1:${ports.metrics}/metrics`,
    ports,
    pid: child.pid ?? -1,
    logFile,
    stop,
  };
}

function environmentOf(options: CollectorOptions, ports: CollectorPorts): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    SPANLEDGER_URL: options.receiverUrl,
    SPANLEDGER_TOKEN: options.token ?? "",
    SPANLEDGER_QUEUE_FOLDER: join(options.folder, "queue"),
    OTLP_HOST: "127.0.0.1",
    OTLP_GRPC_PORT: String(ports.grpc),
    OTLP_HTTP_PORT: String(ports.http),
    COLLECTOR_HEALTH_ENDPOINT: `127.0.0.1:${ports.health}`,
    COLLECTOR_METRICS_HOST: "127.0.0.1",
    COLLECTOR_METRICS_PORT: String(ports.metrics),
    ...options.env,
  };
}

async function chooseCollectorPorts(): Promise<CollectorPorts> {
  const ports = new Set<number>();
  while (ports.size < 4) ports.add(await findFreePort());
  const [grpc = 0, http = 0, health = 0, metrics = 0] = ports;
  return { grpc, http, health, metrics };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).ok;
  } catch {
    return false;
  }
}
