import { randomUUID } from "node:crypto";
import { setErrorListener, showNotice, writeLastWords } from "./diagnose.ts";
import { isDeepStrictEqual } from "node:util";
import { controlCounter, controlWord } from "./recording/control-block.ts";
import { copyAttributes } from "./recording/copy-attributes.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import { EventRecorder } from "./recording/event-recorder.ts";
import { readFlag } from "./config/read-environment.ts";
import { resolveConfig, type ResolvedConfig } from "./resolve-config.ts";
import { describeRuntime } from "./config/describe-runtime.ts";
import { hideCredentials } from "./config/resolve-target.ts";
import { LossLines } from "./say-losses.ts";
import type { SenderNotice } from "./sending/deliver-batch.ts";
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

function dropUndefined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    return isDeepStrictEqual(a, b);
  } catch {
    // A proxy that throws.
    return false;
  }
}

/** A platform waits no longer than this for what was recorded, in ms. */
const announcedWaitMs = 10_000;

/** The one pipeline of a process; `shared-pipeline.ts` gives it to every copy of this package. */
export class Pipeline {
  readonly recorder = new EventRecorder();
  #host: SenderHost | null = null;
  /** Counts the senders: only the last one may take events. */
  #senders = 0;
  #config: ResolvedConfig | null = null;
  readonly #instanceId = randomUUID();
  #sourceId = "";
  /** What the product has asked for so far. */
  #options: Record<string, unknown> = {};
  /** Left of the time that the end of the process may wait, in ms. */
  #exitWaitLeftMs = Infinity;
  /** The `exit` event has come: nothing asynchronous happens any more. */
  #exiting = false;
  #lossSaid = false;
  /** `waitUntil` has a promise that is not kept yet. */
  #announced = false;
  readonly #losses = new LossLines(this.recorder, () => this.#state !== "not started");
  /** Called with the configuration whenever sending begins, and with null when it ends. */
  onRunning: ((config: ResolvedConfig | null) => void) | null = null;
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
   * Starts sending; while it runs, takes what this call asks for beside what was asked before. Never throws.
   * @param options whatever the product passed
   */
  start(options: unknown): void {
    const running = this.#state === "running" && !this.#resumed ? this.#config : null;
    const asked = copyAttributes(options);
    const merged = running === null ? options : { ...this.#options, ...dropUndefined(asked) };
    if (running !== null) this.#sayConflicts(asked);
    if (this.#host === null) this.#sourceId = randomUUID();
    const ids = { sourceId: this.#sourceId, instanceId: this.#instanceId };
    const config = resolveConfig(merged, process.env, ids);
    this.#options = running === null ? asked : (merged as Record<string, unknown>);
    for (const warning of [...config.warnings, ...describeRuntime(process.versions, config)]) {
      showNotice({ level: "warn", key: `config:${warning}`, message: warning, loud: true });
    }
    this.recorder.strict = config.strict;
    this.recorder.disabled = config.disabled;
    this.recorder.discards = config.discards;
    this.recorder.shape = config.shape;
    this.recorder.onRecorded = config.waitUntil === null ? null : () => this.#announce();
    setErrorListener(config.onError);
    if (config.disabled || config.discards) {
      this.#end("disabled");
      this.recorder.beginNewSource();
      return;
    }
    if (this.#state === "stopped") this.recorder.beginNewSource();
    this.#resumed = false;
    this.recorder.queue.maxBytes = config.maxQueueBytes;
    const isSame =
      this.#host !== null &&
      config.inProcess === this.#config?.inProcess &&
      isDeepStrictEqual(config.settings, this.#config.settings);
    this.#config = config;
    this.#exitWaitLeftMs = config.exitWaitMs;
    if (!isSame) {
      // The source goes on, with the events that wait, as the new options say.
      this.#host?.close();
      this.#openHost(config);
    }
    this.onRunning?.(config);
  }

  /** Resolves true when everything recorded until now is settled, false after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#state === "disabled" || this.status().pending === 0) return true;
    if (this.#host === null) return false;
    const { seq } = this.recorder;
    return this.#ask((host) => host.flush(seq), timeoutMs);
  }

  /** Sends what waits and the last report, then ends the sender. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    if (this.#host === null) return true;
    const complete = await this.#ask((host) => host.finish(), timeoutMs);
    // What was recorded meanwhile, or could not be sent, stays with the sender until the exit.
    const host = this.#host as SenderHost | null;
    if (complete && host !== null && this.status().pending === 0) this.#end("stopped");
    return complete;
  }

  /** Longest wait of the end of the process, in ms. */
  get exitWaitMs(): number {
    return this.#config?.exitWaitMs ?? 0;
  }

  /** Lets nothing wait for others any longer; waits for nothing. */
  sendNow(): void {
    void this.#host?.flush(this.recorder.seq);
  }

  /** From the `exit` event: waits for the sender. What is recorded behind it is waited for one by one. */
  finishAtExit(): void {
    this.#exiting = true;
    this.recorder.unattended = true;
    this.#losses.sayAtExit();
    this.finishNow();
  }

  /** Blocks until everything is sent. All such waits together last no longer than configured. */
  finishNow(): void {
    if (this.#host === null || this.#config === null) return;
    const { seq, control } = this.recorder;
    if (seq > 0) this.#exitWaitLeftMs -= this.#host.finishAtExit(this.#exitWaitLeftMs);
    // What is in the spool, the next process sends.
    const notStored = seq - (control.counters[controlCounter.storedSeq] ?? 0);
    const pending = Math.min(this.status().pending, notStored);
    if (pending === 0 || this.#lossSaid) return;
    this.#lossSaid = true;
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
    if (this.#exiting) {
      this.finishNow();
    } else if (this.#host !== null) {
      Atomics.store(this.recorder.control.words, controlWord.asleep, 0);
      this.#host.wake();
    } else if (this.#state === "stopped" && this.#config !== null) {
      this.#resumed = true;
      this.#openHost(this.#config);
      this.onRunning?.(this.#config);
    } else if (this.#state === "not started") {
      this.#losses.attendUnstarted();
    }
  }

  /** Gives a serverless platform a promise to wait for, once for all events until it is kept. */
  #announce(): void {
    if (this.#announced || this.#config?.waitUntil == null) return;
    this.#announced = true;
    const sent = Promise.resolve()
      .then(() => this.flush(announcedWaitMs))
      .then(async (complete) => {
        // What was recorded meanwhile belongs to the same promise.
        while (complete && this.status().pending > 0 && (await this.flush(announcedWaitMs)));
      })
      .finally(() => {
        this.#announced = false;
      });
    try {
      // What an async function makes of it must not end the process.
      Promise.resolve(this.#config.waitUntil(sent)).catch(() => undefined);
    } catch (error) {
      const message = `waitUntil threw ${describeThrown(error)}`;
      showNotice({ level: "error", key: message, message, loud: true });
    }
  }

  /** Shows what the sender has to say. */
  readonly #notify = (notice: SenderNotice): void => {
    const { message, withPending } = notice;
    const waiting = withPending === true ? `; ${this.status().pending} events wait` : "";
    showNotice({ ...notice, message: message + waiting });
  };

  /** Ends the sender; what is not sent stays in memory. */
  #end(state: "stopped" | "disabled"): void {
    this.#state = state;
    this.recorder.unattended = true;
    // From here on it takes nothing, however long its end may last.
    Atomics.store(this.recorder.control.words, controlWord.sender, 0);
    this.#host?.close();
    this.#host = null;
    this.onRunning?.(null);
  }

  /** Two calls that ask for different things: the later one wins. */
  #sayConflicts(asked: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(dropUndefined(asked)).filter(
      (name) => this.#options[name] !== undefined && !isEqual(this.#options[name], asked[name]),
    );
    if (names.length === 0) return;
    const message = `startBusinessEvents was called twice with different ${names.join(", ")}: the later call counts`;
    showNotice({ level: "warn", key: message, message, loud: true });
  }

  #openHost(config: ResolvedConfig): void {
    const { queue, control } = this.recorder;
    this.#senders += 1;
    Atomics.store(control.words, controlWord.sender, this.#senders);
    Atomics.store(control.words, controlWord.asleep, 0);
    const host = openSenderHost(config, control, this.#senders, this.#notify, (reason) => {
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
