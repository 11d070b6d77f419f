import type { MessagePort } from "node:worker_threads";
import type { SenderNotice } from "./deliver-batch.ts";
import type { SenderSettings } from "./sender.ts";

/** `workerData` of the worker. */
export interface WorkerStart {
  readonly spanledger: "sender";
  readonly settings: SenderSettings;
  readonly control: SharedArrayBuffer;
  /** Number of this sender in the control block. */
  readonly number: number;
  readonly port: MessagePort;
}

/** From the product's thread. */
export type ToWorker =
  | { readonly kind: "chunk"; readonly memory: SharedArrayBuffer }
  | { readonly kind: "wake" }
  | { readonly kind: "flush"; readonly id: number; readonly seq: number }
  | { readonly kind: "finish"; readonly id: number };

/** To the product's thread. */
export type FromWorker =
  | { readonly kind: "settled"; readonly id: number }
  | { readonly kind: "notice"; readonly notice: SenderNotice };
