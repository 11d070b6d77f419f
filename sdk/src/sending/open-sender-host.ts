import { warnProduct } from "../diagnose.ts";
import type { ControlBlock } from "../recording/control-block.ts";
import { describeThrown } from "../recording/encode-any-value.ts";
import type { ResolvedConfig } from "../resolve-config.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import { InProcessHost } from "./in-process-host.ts";
import type { SenderHost } from "./sender-host.ts";
import { WorkerHost } from "./worker-host.ts";

/**
 * A worker where there can be one, else the product's own thread; the latter says so.
 * @param number of the sender in the control block: only the latest one may take events
 */
export function openSenderHost(
  config: ResolvedConfig,
  control: ControlBlock,
  number: number,
  notify: (notice: SenderNotice) => void,
  onWorkerDeath: (reason: string) => void,
): SenderHost {
  const { settings } = config;
  if (config.inProcess) return new InProcessHost(settings, control, number, notify);
  try {
    return new WorkerHost(settings, control, number, notify, onWorkerDeath);
  } catch (error) {
    warnProduct(
      "SPANLEDGER_IN_PROCESS",
      `business events are sent in the product's own thread, because a worker thread cannot be started ` +
        `(${describeThrown(error)}). process.exit() does not wait for them: call flush() before it, or let Node start ` +
        "threads (--allow-worker under its permission model)",
    );
    return new InProcessHost(settings, control, number, notify);
  }
}
