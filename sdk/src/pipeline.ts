import { showNotice, writeLastWords } from "./diagnose.ts";
import { controlCounter, controlWord } from "./recording/control-block.ts";
import { EventRecorder } from "./recording/event-recorder.ts";
import { readFlag } from "./config/read-environment.ts";
import { resolveConfig, type ResolvedConfig } from "./resolve-config.ts";
import { hideCredentials } from "./config/resolve-target.ts";
import { openSenderHost } from "./sending/open-sender-host.ts";
import type { SenderHost } from "./sending/sender-host.ts";
import { startTimer, stopTimer } from "./timers.ts";

/** What the pipeline has done so far. */
export interface PipelineStatus {
  readonly state: "not started" | "running" | "stopped" | "disabled";
  readonly sending: "worker" | "in-process" | null;
  /** Events that were given a sequence number. */
  readonly recorded: number;
  /** Acknowledged by the receiver. */
  readonly sent: number;
  /** Dropped because the queue was full. */
  readonly dropped: number;
  /** Refused by the receiver for good. */
  readonly refused: number;
  /** Taken by the receiver but kept apart as rejected. */
  readonly rejected: number;
  /** Neither acknowledged, dropped nor refused yet. */
  readonly pending: number;
  readonly failedAttempts: number;
  /** Highest sequence number that was written to the spool, so that it outlives the process; 0 without a spool. */
  readonly spooledSeq: number;
  /** Highest sequence number of the spool that fsync has reached, so that it outlives a power failure. */
  readonly syncedSeq: number;
  /** Calls with something wrong in them. */
  readonly problems: number;
}

/** The one pipeline of a process; `shared-pipeline.ts` gives it to every copy of this package. */
export class Pipeline {
  readonly recorder = new EventRecorder();
  #host: SenderHost | null = null;
  /** Counts the senders: only the last one may take events. */
  #senders = 0;
  #config: ResolvedConfig | null = null;
  #state: PipelineStatus["state"] = "not started";
  /** Running again only because something was recorded after a shutdown. */
  #resumed = false;
  /** What somebody waits for, to be asked again of a sender that takes over. */
  readonly #questions = new Set<(host: SenderHost) => void>();

  constructor() {
    this.recorder.disabled = readFlag(process.env, "SPANLEDGER_DISABLED", () => undefined) ?? false;
    this.recorder.onUnseen = () => this.#attend();
  }

  /**
   * Starts sending; a second call while it runs changes nothing. Never throws.
   * @param options whatever the product passed
   * @returns what it works with; null where it runs already
   */
  start(options: unknown): ResolvedConfig | null {
    if (this.#state === "running" && !this.#resumed) return null;
    let config = resolveConfig(options, process.env);
    this.recorder.strict = config.strict;
    this.recorder.disabled = config.disabled;
    for (const warning of config.warnings) {
      showNotice({ level: "warn", key: `config:${warning}`, message: warning, loud: true });
    }
    if (config.disabled) {
      this.#state = "disabled";
      this.recorder.queue.clear();
      return config;
    }
    if (this.#state === "stopped") this.recorder.beginNewSource();
    if (this.#resumed && this.#host !== null && this.#config !== null) {
      // The source goes on, with the events that wait, as the new options say.
      this.#host.close();
      const { sourceId } = this.#config.settings.identity;
      const { settings } = config;
      config = {
        ...config,
        settings: { ...settings, identity: { ...settings.identity, sourceId } },
      };
    }
    this.#resumed = false;
    this.#config = config;
    this.recorder.queue.maxBytes = config.maxQueueBytes;
    this.#openHost(config);
    return config;
  }

  /** Resolves true when everything recorded until now is settled, false after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#host === null) return this.#state === "disabled" || this.status().pending === 0;
    const { seq } = this.recorder;
    return this.#ask((host) => host.flush(seq), timeoutMs);
  }

  /** Sends what waits and the last report, then ends the sender. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    if (this.#host === null) return true;
    const complete = await this.#ask((host) => host.finish(), timeoutMs);
    // What was recorded meanwhile, or could not be sent, stays with the sender until the exit.
    const host = this.#host as SenderHost | null;
    if (complete && host !== null && this.status().pending === 0) {
      this.#host = null;
      this.#state = "stopped";
      this.recorder.unattended = true;
      // From here on it takes nothing, however long its end may last.
      Atomics.store(this.recorder.control.words, controlWord.sender, 0);
      host.close();
    }
    return complete;
  }

  /** From the `exit` event: waits for the worker, at most as long as configured. */
  finishAtExit(): void {
    if (this.#host === null || this.#config === null) return;
    const { seq, control } = this.recorder;
    if (seq > 0) this.#host.finishAtExit(this.#config.exitWaitMs);
    // What is in the spool, the next process sends.
    const notStored = seq - (control.counters[controlCounter.storedSeq] ?? 0);
    const pending = Math.min(this.status().pending, notStored);
    if (pending === 0) return;
    const address = hideCredentials(this.#config.settings.target.url);
    writeLastWords(`the process ended before ${address} had taken ${pending} business events; they are lost`);
  }

  status(): PipelineStatus {
    const { seq, dropped, problems, control } = this.recorder;
    const read = (counter: number): number => control.counters[counter] ?? 0;
    const sent = read(controlCounter.sent);
    const refused = read(controlCounter.refused);
    return {
      state: this.#state,
      sending: this.#host?.kind ?? null,
      recorded: seq,
      sent,
      dropped,
      refused,
      rejected: read(controlCounter.rejected),
      pending: Math.max(0, seq - sent - refused - dropped),
      failedAttempts: read(controlCounter.failedAttempts),
      spooledSeq: read(controlCounter.storedSeq),
      syncedSeq: read(controlCounter.syncedSeq),
      problems,
    };
  }

  /** Something was recorded that the sender does not see by itself: it sleeps, or there is none any more. */
  #attend(): void {
    if (this.#host !== null) {
      Atomics.store(this.recorder.control.words, controlWord.asleep, 0);
      this.#host.wake();
    } else if (this.#state === "stopped" && this.#config !== null) {
      this.#resumed = true;
      this.#openHost(this.#config);
    }
  }

  #openHost(config: ResolvedConfig): void {
    const { queue, control } = this.recorder;
    this.#senders += 1;
    Atomics.store(control.words, controlWord.sender, this.#senders);
    Atomics.store(control.words, controlWord.asleep, 0);
    const host = openSenderHost(config, control, this.#senders, (reason) => {
      this.#replaceHost(config, reason);
    });
    this.#host = host;
    this.#state = "running";
    this.recorder.unattended = false;
    for (const memory of queue.unreleased) host.addChunk(memory);
    queue.onChunk = (memory) => host.addChunk(memory);
    for (const ask of this.#questions) ask(host);
  }

  /** The worker died: another sender starts with the same chunks, and the same ids. */
  #replaceHost(config: ResolvedConfig, reason: string): void {
    showNotice({
      level: "error",
      key: `worker:${reason}`,
      message: `the worker that sends business events died (${reason}); sending goes on in this thread`,
    });
    this.#openHost({ ...config, inProcess: true });
  }

  /** Asks the sender, and whoever takes over from it; false where the answer takes longer than `timeoutMs`. */
  #ask(question: (host: SenderHost) => Promise<void>, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const ask = (host: SenderHost): void => {
        host.hold(true);
        void question(host).then(() => end(true));
      };
      const end = (answered: boolean): void => {
        stopTimer(timer);
        if (!this.#questions.delete(ask)) return;
        if (this.#questions.size === 0) this.#host?.hold(false);
        resolve(answered);
      };
      const timer = startTimer(timeoutMs, () => end(false));
      this.#questions.add(ask);
      if (this.#host !== null) ask(this.#host);
    });
  }
}
