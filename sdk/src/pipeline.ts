import { announceToPlatform } from "./announce-to-platform.ts";
import { mergeOptions, sayConflicts } from "./merge-options.ts";
import { readStatus, type PipelineStatus } from "./pipeline-status.ts";
import { HostQuestions } from "./sending/host-questions.ts";
import { setErrorListener, showNotice } from "./diagnose.ts";
import { isDeepStrictEqual } from "node:util";
import { controlCounter, controlWord, isUnderWay } from "./recording/control-block.ts";
import { copyAttributes } from "./recording/copy-attributes.ts";
import { EventRecorder } from "./recording/event-recorder.ts";
import { randomUuid } from "./random-uuid.ts";
import { readFlag } from "./config/read-environment.ts";
import { inherit, resolveConfig, type ResolvedConfig } from "./resolve-config.ts";
import { describeRuntime } from "./config/describe-runtime.ts";
import { LossLines, sayUnsent } from "./say-losses.ts";
import type { SenderNotice } from "./sending/deliver-batch.ts";
import { openSenderHost, sayWorkerDied } from "./sending/open-sender-host.ts";
import type { SenderHost } from "./sending/sender-host.ts";
import type { SourceAnnouncement } from "./sending/source-announcement.ts";
import { WorkerHost } from "./sending/worker-host.ts";
import { MainSender } from "./threads/main-sender.ts";
import { Reception } from "./threads/reception.ts";
import type { ToMainSender } from "./threads/thread-messages.ts";

/** A thread that goes over to the main thread's sender tries for this long, in ms. */
const moveWaitMs = 10_000;

/** The one pipeline of a process; `shared-pipeline.ts` gives it to every copy of this package. */
export class Pipeline {
  readonly recorder = new EventRecorder();
  #host: SenderHost | null = null;
  /** Counts the senders: only the last one may take events. */
  #senders = 0;
  #config: ResolvedConfig | null = null;
  readonly #instanceId = randomUuid();
  #sourceId = "";
  /** What the product has asked for so far. */
  #options: Record<string, unknown> = {};
  /** Longest wait of the end of the process, in ms. */
  exitWaitMs = 0;
  /** Left of the time that the end of the process may wait, in ms. */
  #exitWaitLeftMs = Infinity;
  /** The `exit` event has come: nothing asynchronous happens any more. */
  #exiting = false;
  #lossSaid = false;
  readonly #losses = new LossLines(
    this.recorder,
    () => this.#state !== "not started",
    () => this.#mainSender?.isPrivate === true,
  );
  /** Called with the configuration whenever sending begins, and with null when it ends. */
  onRunning: ((config: ResolvedConfig | null) => void) | null = null;
  #state: PipelineStatus["state"] = "not started";
  /** Running again only because something was recorded after a shutdown. */
  #resumed = false;
  readonly #questions = new HostQuestions(() => this.#host);
  /** In the main thread: where others come with their events; the other one is of any other thread. */
  readonly #reception: Reception | null;
  readonly #mainSender: MainSender | null;
  /** This thread goes over to another sender as soon as nothing is under way. */
  #moving = false;

  constructor(isMainThread: boolean) {
    this.#reception = isMainThread ? new Reception((message) => this.#relay(message)) : null;
    this.#mainSender = isMainThread ? null : new MainSender(() => this.#followMainSender());
    this.recorder.disabled = readFlag(process.env, "SPANLEDGER_DISABLED", () => undefined) ?? false;
    this.recorder.onUnseen = () => this.#attend();
    const inherited = this.#mainSender?.config ?? null;
    if (inherited === null) return;
    this.#recordAs(inherit(inherited, ""));
    // Before the first event: most threads need no second chunk.
    this.recorder.queue.shared = this.#mainSender?.shared ?? null;
  }

  /**
   * Starts sending; while it runs, takes what this call asks for beside what was asked before. Never throws.
   * @param options whatever the product passed
   */
  start(options: unknown): void {
    const running = this.#state === "running" && !this.#resumed ? this.#config : null;
    const asked = copyAttributes(options);
    const merged = running === null ? options : mergeOptions(this.#options, asked);
    if (running !== null) sayConflicts(this.#options, asked);
    if (this.#state !== "running") this.#sourceId = randomUuid();
    const config = resolveConfig(merged, process.env, { sourceId: this.#sourceId, instanceId: this.#instanceId });
    this.#options = running === null ? asked : (merged as Record<string, unknown>);
    for (const warning of [...config.warnings, ...describeRuntime(process.versions, config)]) {
      showNotice({ level: "warn", key: `config:${warning}`, message: warning, loud: true });
    }
    this.#apply(config);
  }

  #apply(config: ResolvedConfig): void {
    this.#recordAs(config);
    this.exitWaitMs = config.exitWaitMs;
    this.recorder.onRecorded = announceToPlatform(this, config.waitUntil);
    setErrorListener(config.onError);
    this.#reception?.publish(config);
    if (config.disabled || config.discards) {
      this.#end("disabled");
      this.recorder.beginNewSource();
      return;
    }
    if (this.#state === "stopped") this.recorder.beginNewSource();
    this.#resumed = false;
    const kept = config.inProcess === this.#config?.inProcess ? this.#host : null;
    const isSame = this.#state === "running" && isDeepStrictEqual(config.settings, this.#config?.settings);
    this.#config = config;
    this.#exitWaitLeftMs = config.exitWaitMs;
    if (this.#reception !== null && this.#host instanceof WorkerHost) this.#host.movePoint(this.#reception.point);
    // The source goes on, with the events that wait, as the new options say.
    if (kept === null) {
      this.#host?.close();
      this.#openHost(config);
    } else if (!isSame) this.#go(kept);
    this.onRunning?.(config);
  }

  #recordAs({ strict, disabled, discards, shape, maxQueueBytes }: ResolvedConfig): void {
    Object.assign(this.recorder, { strict, disabled, discards, shape });
    this.recorder.queue.maxBytes = maxQueueBytes;
  }

  /** Resolves true when everything recorded until now is settled, false after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#state === "disabled" || this.status().pending === 0) return true;
    if (this.#host === null) return false;
    const { seq } = this.recorder;
    return this.#questions.ask((host) => host.flush(seq), timeoutMs);
  }

  /** Sends what waits and the last report, then ends the sender. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    if (this.#host === null) return true;
    const complete = await this.#questions.ask((host) => host.finish(), timeoutMs);
    // What was recorded meanwhile, or could not be sent, stays with the sender until the exit.
    if (complete && this.#state === "running" && this.status().pending === 0) this.#end("stopped");
    return complete;
  }

  /** The time that the end may wait has been waited already. */
  spendExitWait(): void {
    this.#exitWaitLeftMs = 0;
  }

  /** Lets nothing wait for others any longer. */
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
    this.#reception?.drain();
    if (this.#host === null || this.#config === null) return;
    const { seq, control } = this.recorder;
    if (seq > 0 || this.#reception?.isUsed === true) {
      this.#exitWaitLeftMs -= this.#host.finishAtExit(this.#exitWaitLeftMs);
    }
    // The main thread waits for them, and says what is lost.
    if (this.#host.kind === "main-thread") return;
    // What is in the spool, the next process sends.
    const notStored = seq - (control.counters[controlCounter.storedSeq] ?? 0);
    const pending = Math.min(this.status().pending, notStored) + (this.#reception?.pending ?? 0);
    if (pending === 0 || this.#lossSaid) return;
    this.#lossSaid = true;
    sayUnsent(this.#config.settings.target.url, pending);
  }

  status(): PipelineStatus {
    return readStatus(this.#state, this.#host?.kind ?? null, this.recorder);
  }

  /** Something was recorded that the sender does not see by itself: it sleeps, or there is none any more. */
  #attend(): void {
    if (this.#exiting) {
      this.finishNow();
    } else if (this.#state === "stopped" && this.#config !== null) {
      this.#resumed = true;
      if (this.#host === null) this.#openHost(this.#config);
      else this.#go(this.#host);
      this.onRunning?.(this.#config);
    } else if (this.#host !== null) {
      Atomics.store(this.recorder.control.words, controlWord.asleep, 0);
      this.#host.wake(this.#describe());
    } else if (this.#state === "not started" && !this.#inherit()) {
      this.#losses.attendUnstarted();
    }
  }

  /** Nobody has started the SDK in this thread: it does as the main thread does, if that can be done. */
  #inherit(): boolean {
    const inherited = this.#mainSender?.config ?? null;
    if (inherited === null) {
      this.#mainSender?.askLater();
      return false;
    }
    this.#sourceId = randomUuid();
    this.#apply(inherit(inherited, this.#sourceId));
    return true;
  }

  /** The sender of the main thread has come, or gone. */
  #followMainSender(): void {
    const main = this.#mainSender?.point ?? null;
    if (this.#state === "not started") {
      if (this.recorder.seq > 0) this.#inherit();
    } else if (this.#host?.kind === "main-thread" && main === null && this.#config !== null) {
      this.#host.close();
      this.#openHost(this.#config);
    } else if (this.#host?.kind === "main-thread" && this.status().pending > 0) {
      // Another one than before may not know of this source.
      this.#host.announce(this.#describe());
    } else if (this.#host?.kind === "worker" && main !== null) {
      void this.#moveToMain();
    }
  }

  /** Another sender would send again what is under way: goes over when there is nothing. */
  async #moveToMain(): Promise<void> {
    if (this.#moving) return;
    this.#moving = true;
    let complete = true;
    while (complete && this.#host?.kind === "worker" && isUnderWay(this.recorder.control)) {
      complete = await this.#questions.ask((host) => host.flush(this.recorder.seq), moveWaitMs, false);
    }
    this.#moving = false;
    if (!complete || this.#host?.kind !== "worker" || this.#config === null || this.#mainSender?.point == null) return;
    this.#host.close();
    this.#openHost(this.#config);
  }

  /** Shows what the sender has to say. */
  readonly #notify = (notice: SenderNotice): void => {
    const pending = this.status().pending + (this.#reception?.pending ?? 0);
    const waiting = notice.withPending === true ? `; ${pending} events wait` : "";
    showNotice({ ...notice, message: notice.message + waiting });
  };

  /** Ends the sender; what is not sent stays in memory. */
  #end(state: "stopped" | "disabled"): void {
    this.#state = state;
    this.recorder.unattended = true;
    // From here on it takes nothing, however long its end may last.
    Atomics.store(this.recorder.control.words, controlWord.sender, 0);
    // Again, before the worker is gone.
    if (this.#host?.kind === "worker") this.#reception?.open();
    // A worker that serves other threads goes on for them.
    if (this.#host?.end() === false) this.#reception?.leaveToWorker();
    else this.#host = null;
    this.onRunning?.(null);
  }

  #openHost(config: ResolvedConfig): void {
    const host = this.#createHost(config);
    this.#go(host);
    this.#questions.repeat(host);
  }

  #createHost(config: ResolvedConfig): SenderHost {
    const reception = this.#reception;
    if (config.inProcess) reception?.close();
    else reception?.open();
    this.#senders += 1;
    this.#host = openSenderHost(config, {
      worker: {
        point: reception?.point ?? null,
        notify: this.#notify,
        onListening: () => reception?.leaveToWorker(),
        onDeath: (reason) => this.#replaceHost(this.#config ?? config, reason),
        isShared: () => reception?.isUsed === true,
      },
      describe: () => this.#describe(),
      mainSender: this.#mainSender,
    });
    if (this.#host.kind !== "worker") reception?.close();
    return this.#host;
  }

  /** Another thread has spoken before a worker could hear it; after a shutdown, one is started for it. */
  #relay(message: ToMainSender): void {
    if (this.#host === null && this.#config !== null) this.#createHost(this.#config);
    if (this.#host instanceof WorkerHost) this.#host.relay(message);
  }

  /** The host takes the source from here on. */
  #go(host: SenderHost): void {
    const { queue, control } = this.recorder;
    Atomics.store(control.words, controlWord.sender, this.#senders);
    Atomics.store(control.words, controlWord.asleep, 0);
    this.#state = "running";
    this.recorder.unattended = false;
    queue.onChunk = (chunk) => host.addChunk(chunk);
    queue.shared = host.shared;
    host.announce(this.#describe());
  }

  /** The source as it is now, for its sender. */
  #describe(): SourceAnnouncement {
    const { queue, control } = this.recorder;
    return {
      settings: this.#config!.settings,
      control: control.memory,
      number: this.#senders,
      chunks: queue.unreleased,
    };
  }

  /** The worker died: another sender starts with the same chunks, and the same ids. */
  #replaceHost(config: ResolvedConfig, reason: string): void {
    sayWorkerDied(reason);
    this.#openHost({ ...config, inProcess: true });
  }
}
