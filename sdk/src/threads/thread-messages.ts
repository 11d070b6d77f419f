import type { SharedChunk } from "../recording/chunk.ts";
import type { SourceAnnouncement } from "../sending/source-announcement.ts";
import type { MeetingPoint } from "./meeting-point.ts";

/**
 * From a thread of the product to the sender of the main thread. All but `chunk` hold everything that the sender has
 * to know, because it forgets sources that have been quiet for a while.
 */
export type ToMainSender =
  | { readonly kind: "source"; readonly source: SourceAnnouncement }
  | { readonly kind: "chunk"; readonly sourceId: string; readonly chunk: SharedChunk }
  /** `id` is stored in the control block when that is done. */
  | { readonly kind: "flush"; readonly source: SourceAnnouncement; readonly seq: number; readonly id: number }
  | { readonly kind: "finish"; readonly source: SourceAnnouncement; readonly id: number }
  /** The thread ends. */
  | { readonly kind: "end"; readonly source: SourceAnnouncement }
  | Question;

/** A thread that was started before the SDK of the main thread looks for it, and for others that do without. */
export interface Question {
  readonly kind: "who";
  readonly threadId: number;
  /** One word: see `answers`. */
  readonly answer: SharedArrayBuffer;
}

/** To all threads of the product. */
export type ToThreads =
  /** The main thread's sender takes sources. */
  | { readonly kind: "open"; readonly point: MeetingPoint }
  /** It does no longer. */
  | { readonly kind: "closed" }
  /** A thread has said on stderr that threads send by themselves. */
  | { readonly kind: "said" }
  | Question;

export const answers = {
  none: 0,
  /** The main thread has a sender; an `open` is on its way. */
  main: 1,
  /** There is none, and some thread has said so on stderr. */
  said: 2,
} as const;
