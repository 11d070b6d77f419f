import { setImmediate } from "node:timers";
import type { MappedRequest } from "../mapping/business-event.ts";
import type { KnownPartitions } from "../storage/events/ensure-partitions.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { OutageLog, type OutageLogger } from "../storage/wire/outage-log.ts";
import { TenantsBusyError } from "../storage/wire/lock-tenants.ts";
import type { TenantLocking } from "../storage/wire/lock-tenants.ts";
import { answerRequests, refuseRequests } from "./answer-requests.ts";
import { BatchWriter, type BatchWriterOptions } from "./batch-writer.ts";
import { BusyTenants } from "./busy-tenants.ts";
import type { BusyRequests } from "./busy-tenants.ts";
import { nothingCommitted, type CommittedBatch } from "./commit-batch.ts";
import { gatherBatch, type Batch } from "./gather-batch.ts";
import { UnavailableError } from "./ingest-port.ts";
import type { Ingest, IngestResult } from "./ingest-port.ts";
import { NextGroup } from "./next-group.ts";
import { outageCodes, outageTexts } from "./outage-texts.ts";
import { RecentEvents } from "./recent-events.ts";
import { RefusedTenants } from "./refused-tenants.ts";
import { isEmpty, RequestQueue } from "./request-queue.ts";
import type { WaitingRequest } from "./request-queue.ts";
import { splitByTenant } from "./split-by-tenant.ts";
import { isInTransaction, isWorthATransaction, slowCheckMs } from "./writer-states.ts";
import type { Writer } from "./writer-states.ts";

export interface IngestOptions extends Omit<BatchWriterOptions, "knownPartitions" | "recent" | "offTimeTenants"> {
  /** Connections that write: two, so that one batch is built while another commits. */
  readonly writers: number;
  readonly maxQueueBytes: number;
  /** False if there is only one tenant, which may have all of it; true unless given. */
  readonly isQueueDivided?: boolean;
  readonly batchMaxEvents: number;
  /** Told when PostgreSQL goes, and when it is back. */
  readonly log?: OutageLogger;
  /** Called after each commit, before the requests are answered; must not throw. */
  readonly onCommitted?: (committed: CommittedBatch, batch: Batch, startedMs: number) => void;
}

/** Batches that wait decoded: each writer finds its next one ready. */
const batchesAhead = 2;
/** Tenants of a transaction: each takes a lock, and the memory of all locks is one table of the server's. */
const maxBatchTenants = 256;

/**
 * Group commit: requests wait in a queue that is bounded in bytes; a writer takes what is there, up to
 * a limit, into one transaction, and all of them are answered after the commit. Under light load a
 * request waits for nobody.
 *
 * ```text
 *  submit ──▶ queue ──────────────▶ writer ──▶ answer        each writer:
 *               ▲                     │                        idle ──wake──▶ copying ──▶ committing ──▶ gathering
 *               │ beyond 256 tenants  │ tenant is busy           ▲              ▲                            │
 *               └─────────────────────┤                          │              └──────── enough waits ──────┤
 *                                     ▼                          └────────────── too little waits ───────────┘
 *                              busy tenants ──▶ answer
 * ```
 */
export class GroupCommit implements Ingest {
  readonly #options: IngestOptions;
  readonly #queue: RequestQueue;
  readonly #writers: readonly Writer[];
  readonly #busyTenants: BusyTenants;
  readonly #refusedTenants = new RefusedTenants();
  readonly #outage: OutageLog;
  readonly #nextGroup = new NextGroup();
  /** `draining`: new requests are refused, and those that wait are committed. */
  #state: "open" | "draining" = "open";
  #wakeScheduled = false;
  #room: PromiseWithResolvers<void> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: IngestOptions) {
    const knownPartitions: KnownPartitions = new Set();
    const writerOptions = {
      ...options,
      knownPartitions,
      recent: new RecentEvents(),
      offTimeTenants: new Set<string>(),
    };
    this.#options = options;
    this.#queue = new RequestQueue(options.maxQueueBytes, options.isQueueDivided ?? true);
    this.#writers = Array.from({ length: options.writers }, () => ({
      batches: new BatchWriter(writerOptions),
      state: "idle" as const,
      events: 0,
      begunMs: 0,
      oldestMs: 0,
    }));
    this.#outage = new OutageLog(options.log, outageTexts);
    this.#busyTenants = new BusyTenants({
      maxEvents: options.batchMaxEvents,
      commit: (writer, requests) => this.#commit(writer, requests, "wait"),
      finish: (requests, refusal) => this.#refuse(requests, refusal),
      onServed: () => this.#tellDrained(),
      openWriter: () => new BatchWriter(writerOptions),
    });
  }

  /** Bytes of the requests that wait or are being committed. */
  get queueBytes(): number {
    return this.#queue.bytes;
  }

  /** Requests that wait, those of busy tenants among them. */
  get queueLength(): number {
    return this.#queue.length + this.#busyTenants.length;
  }

  /** For how long the oldest request waits or is being committed, in ms; those of busy tenants apart. */
  oldestWaitMs(): number {
    const oldest = this.#writers.flatMap(({ state, oldestMs }) => (isInTransaction(state) ? [oldestMs] : []));
    const now = performance.now();
    return now - Math.min(now, this.#queue.oldestMs ?? now, ...oldest);
  }

  /** Begins a batch without one, on a writer that has nothing else to do; if all are at work, batches can be begun. */
  async findBeginProblem(): Promise<string | undefined> {
    const writer = this.#idleWriter();
    if (writer === undefined) return undefined;
    writer.state = "checking";
    try {
      return await writer.batches.findBeginProblem();
    } finally {
      writer.state = "idle";
      if (this.#queue.length > 0) this.#wake();
      this.#tellDrained();
    }
  }

  submit(request: MappedRequest, bytes: number): Promise<IngestResult> {
    if (this.#state === "draining") {
      return Promise.reject(
        new UnavailableError("draining", "The receiver is shutting down: send again, elsewhere or later.", 1),
      );
    }
    if (isEmpty(request)) return Promise.resolve({ inserted: 0, duplicates: 0, refused: [] });
    return new Promise((resolve, reject) => {
      for (const part of splitByTenant({ request, bytes, sinceMs: performance.now(), resolve, reject })) {
        const refusal = this.#queue.push(part);
        if (refusal !== undefined) part.reject(refusal);
      }
      this.#nextGroup.arrived(this.#queue.length);
      this.#wake();
    });
  }

  whenRoom(): Promise<void> | undefined {
    if (this.#hasRoom()) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Connects the writers ahead of the first request. */
  async open(): Promise<void> {
    await Promise.all(this.#writers.map(({ batches }) => batches.open()));
  }

  /** Refuses new requests, commits those that wait, closes the connections. */
  async close(): Promise<void> {
    this.#state = "draining";
    if (!this.#isDrained()) {
      this.#drained ??= Promise.withResolvers<void>();
      await this.#drained.promise;
    }
    await Promise.all([...this.#writers.map(({ batches }) => batches.close()), this.#busyTenants.close()]);
  }

  #hasRoom(): boolean {
    return this.#queue.events < this.#options.batchMaxEvents * batchesAhead;
  }

  #isDrained(): boolean {
    return (
      this.#queue.length === 0 &&
      this.#busyTenants.isIdle &&
      !this.#wakeScheduled &&
      this.#writers.every(({ state }) => state === "idle")
    );
  }

  #isWorth(writer: Writer): boolean {
    return isWorthATransaction(writer, this.#writers, this.#queue.events, this.#options.batchMaxEvents);
  }

  #idleWriter(): Writer | undefined {
    return this.#writers.findLast(({ state }) => state === "idle");
  }

  /** After the current poll phase, so that requests that arrive together share a transaction. */
  #wake(): void {
    const writer = this.#idleWriter();
    if (this.#wakeScheduled || writer === undefined || !this.#isWorth(writer)) return;
    this.#wakeScheduled = true;
    setImmediate(() => {
      this.#wakeScheduled = false;
      const idle = this.#idleWriter();
      if (idle) void this.#write(idle);
    });
  }

  async #write(writer: Writer): Promise<void> {
    while (this.#isWorth(writer)) {
      const requests = this.#takeBatch();
      if (requests.length === 0) break;
      const startedMs = performance.now();
      writer.state = "copying";
      writer.begunMs = startedMs;
      writer.oldestMs = Math.min(...requests.map(({ sinceMs }) => sinceMs));
      writer.events = requests.reduce((sum, { request }) => sum + request.events.length, 0);
      const slow = setInterval(() => this.#wake(), slowCheckMs);
      await this.#commitAside(writer, requests);
      clearInterval(slow);
      const { events } = writer;
      writer.events = 0;
      if (this.#state === "draining") continue;
      writer.state = "gathering";
      const waiting = this.#queue.length;
      await this.#nextGroup.gather(
        requests.length,
        events + this.#queue.events,
        waiting,
        performance.now() - startedMs,
      );
    }
    writer.state = "idle";
    if (this.#queue.length > 0) this.#wake();
    this.#tellDrained();
  }

  /** What waits, up to the events of a transaction; the parts of busy tenants are set aside. */
  #takeBatch(): readonly WaitingRequest[] {
    for (;;) {
      const taken = this.#queue.take(this.#options.batchMaxEvents);
      this.#tellRoom();
      if (taken.length === 0) return taken;
      const requests = this.#busyTenants.setAside(taken);
      if (requests.length > 0) return requests;
    }
  }

  /** Commits a batch; the requests of tenants that turn out to be busy are set aside, and the others go on. */
  async #commitAside(writer: Writer, requests: readonly WaitingRequest[]): Promise<void> {
    for (let left = requests; left.length > 0;) {
      const busy = await this.#commit(writer.batches, left, "try", () => {
        writer.state = "committing";
        if (this.#queue.length > 0) this.#wake();
      });
      if (busy === undefined) return;
      this.#busyTenants.add(busy.tenantIds);
      left = this.#busyTenants.setAside(busy.requests);
    }
  }

  /**
   * One transaction, and the answers to its requests. Tenants that are counted by other rules are refused.
   * @param onEventsWritten see `CommitOptions`
   * @returns the requests that are left if tenants are busy; nothing was committed or answered in that case
   */
  async #commit(
    writer: BatchWriter,
    requests: readonly WaitingRequest[],
    locking: TenantLocking,
    onEventsWritten?: () => void,
  ): Promise<BusyRequests | undefined> {
    const startedMs = performance.now();
    let left = this.#refusedTenants.leaveOut(requests);
    for (;;) {
      const batch = gatherBatch(left.map(({ request }) => request));
      if (batch.lockedTenantIds.length > maxBatchTenants) {
        left = this.#putTenantsBack(left, batch);
        continue;
      }
      try {
        const committed = batch.requests.every(isEmpty)
          ? nothingCommitted
          : await writer.commit(batch, locking, onEventsWritten);
        if (committed !== nothingCommitted) this.#options.onCommitted?.(committed, batch, startedMs);
        answerRequests(left, committed);
        if (committed !== nothingCommitted) this.#outage.succeeded();
      } catch (error) {
        if (error instanceof TenantsBusyError) return { tenantIds: error.tenantIds, requests: left };
        if (error instanceof CountingRulesError) {
          this.#refusedTenants.add(error.tenantIds);
          this.#options.onAlarm(error.code, "a tenant is counted by other rules than this receiver's", error);
          left = this.#refusedTenants.leaveOut(left);
          continue;
        }
        if (!(error instanceof UnavailableError)) this.#options.onAlarm("internal_fault", "a batch failed", error);
        else if (outageCodes.has(error.code)) this.#outage.failed(left.length, error.cause ?? error);
        refuseRequests(left, error);
      }
      this.#queue.release(left);
      return undefined;
    }
  }

  /** @returns the requests of as many tenants as fit into a transaction */
  #putTenantsBack(requests: readonly WaitingRequest[], { lockedTenantIds }: Batch): readonly WaitingRequest[] {
    const kept = new Set(lockedTenantIds.slice(0, maxBatchTenants));
    this.#queue.putBack(requests.filter(({ tenantId }) => !kept.has(tenantId)));
    return requests.filter(({ tenantId }) => kept.has(tenantId));
  }

  /** Refuses requests and gives their memory back. */
  #refuse(requests: readonly WaitingRequest[], refusal: unknown): void {
    refuseRequests(requests, refusal);
    this.#queue.release(requests);
  }

  #tellRoom(): void {
    if (!this.#hasRoom()) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  #tellDrained(): void {
    if (this.#drained !== undefined && this.#isDrained()) this.#drained.resolve();
  }
}
