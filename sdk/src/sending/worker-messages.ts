import type { MessagePort } from "node:worker_threads";
import type { SharedChunk } from "../recording/chunk.ts";
import type { MeetingPoint } from "../threads/meeting-point.ts";
import type { ToMainSender } from "../threads/thread-messages.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";

/** `workerData` of the worker. */
export interface WorkerStart {
  readonly spanledger: "sender";
  readonly port: MessagePort;
  /** Where other threads find this sender; null if it is that of one thread. */
  readonly point: MeetingPoint | null;
  /** One word: the highest number of a `finish` that is done. */
  readonly done: SharedArrayBuffer;
}

/** From the product's thread. */
export type ToWorker =
  | { readonly kind: "source"; readonly source: SourceAnnouncement }
  | { readonly kind: "chunk"; readonly chunk: SharedChunk }
  | { readonly kind: "wake" }
  | { readonly kind: "flush"; readonly id: number; readonly seq: number }
  | { readonly kind: "finish"; readonly id: number }
  /** The thread's own source has ended; those of other threads go on. */
  | { readonly kind: "end" }
  /** Other options for threads that ask from here on. */
  | { readonly kind: "point"; readonly point: MeetingPoint }
  /** From another thread, before the worker listened itself. */
  | { readonly kind: "relayed"; readonly message: ToMainSender };

/** To the product's thread. */
export type FromWorker =
  | { readonly kind: "settled"; readonly id: number }
  | { readonly kind: "notice"; readonly notice: SenderNotice }
  /** Messages of other threads arrive here from now on. */
  | { readonly kind: "listening" };
