import { showNotice, warnProduct } from "../diagnose.ts";
import { describeThrown } from "../recording/encode-any-value.ts";
import type { ResolvedConfig } from "../resolve-config.ts";
import type { MainSender } from "../threads/main-sender.ts";
import { MeetingState, type MeetingPoint } from "../threads/meeting-point.ts";
import { RelayHost } from "../threads/relay-host.ts";
import { InProcessHost } from "./in-process-host.ts";
import type { SenderHost } from "./sender-host.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";
import { WorkerHost, type WorkerSurroundings } from "./worker-host.ts";

/** What a new host needs to know of its thread. */
export interface HostSurroundings {
  readonly worker: WorkerSurroundings;
  /** The source as it is now. */
  readonly describe: () => SourceAnnouncement;
  /** In another thread of the product than the main thread. */
  readonly mainSender: MainSender | null;
}

/**
 * The sender of the main thread if there is one; else a worker; else the product's own thread, which says so.
 */
export function openSenderHost(config: ResolvedConfig, surroundings: HostSurroundings): SenderHost {
  const { worker, describe, mainSender } = surroundings;
  if (config.inProcess) return new InProcessHost(worker.notify);
  const main = mainSender === null ? null : findMain(mainSender);
  if (main !== null) return new RelayHost(new MeetingState(main.state), describe);
  try {
    // A worker asks for the working directory when it starts, and dies if that was removed.
    process.cwd();
    return new WorkerHost(worker);
  } catch (error) {
    warnProduct(
      "SPANLEDGER_IN_PROCESS",
      `business events are sent in the product's own thread, because a worker thread cannot be started ` +
        `(${describeThrown(error)}). process.exit() does not wait for them: call flush() before it, or let Node start ` +
        "threads (--allow-worker under its permission model)",
    );
    return new InProcessHost(worker.notify);
  }
}

export function sayWorkerDied(reason: string): void {
  const message =
    `the worker that sends business events died (${reason}); they are sent in the product's own thread now, and ` +
    "process.exit() does not wait for them: call flush() before it";
  showNotice({ level: "error", key: `worker:${reason}`, message, loud: true });
}

function findMain(mainSender: MainSender): MeetingPoint | null {
  if (mainSender.point !== null) {
    mainSender.listen();
    return mainSender.point;
  }
  const speaks = mainSender.ask();
  if (mainSender.point !== null) return mainSender.point;
  if (speaks) {
    const message =
      "each thread that starts business events sends them by itself, because the main thread has not started them: " +
      "worker.terminate() loses what waits. Call startBusinessEvents in the main thread too";
    showNotice({ level: "warn", key: "own-sender", message, loud: true });
  }
  return null;
}
