import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startCollector, type RunningCollector } from "../../deploy/collector/start-collector.ts";

/** Starts a Collector in front of a receiver, with the repository's configuration, until the test ends. */
export async function startCollectorBefore(receiverUrl: string, program: string): Promise<RunningCollector> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-collector-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const running = await startCollector({ program, folder, receiverUrl });
  onTestFinished(() => running.stop());
  return running;
}
