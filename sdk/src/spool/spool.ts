import { existsSync } from "node:fs";
import { describeThrown } from "../recording/encode-any-value.ts";
import type { RecordBatch } from "../sending/backlog.ts";
import type { MemoryBacklog } from "../sending/memory-backlog.ts";
import type { SourceIdentity } from "../sending/source-identity.ts";
import { startInterval, stopInterval } from "../timers.ts";
import { SpoolBacklog } from "./spool-backlog.ts";
import { adoptFolders, beat, createFolder, findFolder, heartbeatMs, removeFolder } from "./spool-folder.ts";

export interface SpoolSettings {
  readonly directory: string;
  /** Disk space of all events of this source, in bytes; beyond it they wait in memory. */
  readonly maxBytes: number;
}

/** Events that a dead process left. */
export interface AdoptedEvents {
  readonly backlog: SpoolBacklog;
  readonly identity: SourceIdentity;
}

/** After a failure the disk is tried again this much later, in ms. */
const suspendMs = 5000;
const maxStoreRecords = 512;
const maxStoreBytes = 1024 * 1024;

/** The disk behind a sender: its own folder, and those of dead processes that it took over. */
export class Spool {
  readonly #settings: SpoolSettings;
  readonly #identity: SourceIdentity;
  readonly #notify: (key: string, message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #suspendedUntil = 0;
  /** Of folders that are gone. */
  #unreadable = 0;
  /** The folder of this source; null until there is something to write. */
  own: SpoolBacklog | null = null;
  readonly adopted: AdoptedEvents[] = [];

  /** @param onAdopted called when events of a dead process are found; null leaves those to another spool */
  constructor(
    settings: SpoolSettings,
    identity: SourceIdentity,
    notify: (key: string, message: string) => void,
    onAdopted: (() => void) | null,
  ) {
    this.#settings = settings;
    this.#identity = identity;
    this.#notify = notify;
    this.#reopenOwn();
    if (onAdopted !== null) this.#adopt();
    this.#timer = startInterval(heartbeatMs, () => {
      this.#beat();
      if (onAdopted !== null && this.#adopt()) onAdopted();
    });
  }

  /** Whether events wait in memory, because the disk refuses them. */
  get isSuspended(): boolean {
    return performance.now() < this.#suspendedUntil;
  }

  /**
   * Moves what waits in memory to the disk. What the disk refuses is returned, to be sent out of memory;
   * the disk is then left alone for a while.
   */
  store(memory: MemoryBacklog): {
    readonly storedSeq: number;
    readonly refused: RecordBatch | null;
  } {
    let storedSeq = 0;
    if (this.isSuspended) return { storedSeq, refused: null };
    for (;;) {
      if ((this.own?.bytes ?? 0) >= this.#settings.maxBytes) {
        this.#notify("spool-full", `the spool holds ${this.#settings.maxBytes} bytes: events wait in memory`);
        return { storedSeq, refused: null };
      }
      const batch = memory.take(maxStoreRecords, maxStoreBytes);
      if (batch === null) return { storedSeq, refused: null };
      try {
        this.own ??= new SpoolBacklog(createFolder(this.#settings.directory, this.#identity));
        this.own.append(batch);
      } catch (error) {
        this.#leaveOwnIfGone();
        this.#suspendedUntil = performance.now() + suspendMs;
        this.#notify(
          `spool:${describeThrown(error)}`,
          `the spool ${this.#settings.directory} cannot be written, events wait in memory: ${describeThrown(error)}`,
        );
        return { storedSeq, refused: batch };
      }
      memory.settle(batch);
      storedSeq = batch.lastSeq;
    }
  }

  /** How many events of this source were on the disk and can no longer be read, since the last call. */
  takeUnreadable(): number {
    for (const { backlog } of this.adopted) this.#reportUnreadable(backlog);
    const count = this.#unreadable + (this.own === null ? 0 : this.#reportUnreadable(this.own));
    this.#unreadable = 0;
    return count;
  }

  /** What is written reaches the disk now. */
  sync(): void {
    try {
      this.own?.sync();
    } catch (error) {
      this.#notify("spool-sync", `the spool could not be synchronised: ${describeThrown(error)}`);
    }
  }

  /** Removes folders whose events are all settled. */
  removeEmpty(): void {
    if (this.own?.isEmpty === true) {
      this.#remove(this.own);
      this.own = null;
    }
    this.removeFinished();
  }

  /** Removes adopted folders whose events are all settled. */
  removeFinished(): void {
    for (let i = this.adopted.length - 1; i >= 0; i -= 1) {
      const { backlog } = this.adopted[i]!;
      if (!backlog.isEmpty) continue;
      this.adopted.splice(i, 1);
      this.#remove(backlog);
    }
  }

  close(): void {
    stopInterval(this.#timer);
    this.sync();
    this.removeEmpty();
    this.own?.close();
    for (const { backlog } of this.adopted) backlog.close();
  }

  /** A sender before this one, of the same source, has died or was replaced. */
  #reopenOwn(): void {
    try {
      const folder = findFolder(this.#settings.directory, this.#identity);
      if (folder !== null) this.own = new SpoolBacklog(folder);
    } catch (error) {
      this.#notify("spool-adopt", `the spool cannot be read: ${describeThrown(error)}`);
    }
  }

  /** Where the folder is not there any more, the next write makes another one. */
  #leaveOwnIfGone(): void {
    if (this.own === null || existsSync(this.own.folder)) return;
    this.own.abandon();
    this.#unreadable += this.#reportUnreadable(this.own);
    this.own = null;
  }

  #reportUnreadable(backlog: SpoolBacklog): number {
    const count = backlog.unreadable;
    backlog.unreadable = 0;
    if (count > 0) {
      this.#notify(`spool-lost:${backlog.folder}`, `${count} events in ${backlog.folder} can no longer be read`);
    }
    return count;
  }

  #remove(backlog: SpoolBacklog): void {
    backlog.close();
    try {
      removeFolder(backlog.folder);
    } catch (error) {
      this.#notify("spool-remove", `${backlog.folder} cannot be removed: ${describeThrown(error)}`);
    }
  }

  #adopt(): boolean {
    try {
      for (const { folder, identity } of adoptFolders(this.#settings.directory)) {
        const backlog = new SpoolBacklog(folder);
        if (backlog.damagedSegments > 0) {
          this.#notify(
            `spool-damaged:${folder}`,
            `${backlog.damagedSegments} files in ${folder} end in a damaged record; what was before it is sent`,
          );
        }
        this.adopted.push({ backlog, identity });
      }
    } catch (error) {
      this.#notify("spool-adopt", `the spool cannot be read: ${describeThrown(error)}`);
    }
    this.removeFinished();
    return this.adopted.length > 0;
  }

  #beat(): void {
    try {
      if (this.own !== null) beat(this.own.folder);
      for (const { backlog } of this.adopted) beat(backlog.folder);
    } catch {
      // The folder is gone or the disk is: writing will say so.
    }
  }
}
