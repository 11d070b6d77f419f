import type { SharedChunk } from "../recording/chunk.ts";
import type { SenderSettings } from "./sender-settings.ts";

/** All that a sender has to know of a source of events. */
export interface SourceAnnouncement {
  readonly settings: SenderSettings;
  /** Memory of the control block. */
  readonly control: SharedArrayBuffer;
  /** Number of the sender in the control block: as soon as another one stands there, this sender takes nothing. */
  readonly number: number;
  /** Chunks that may hold events which are not settled. */
  readonly chunks: readonly SharedChunk[];
}
