import { setImmediate } from "node:timers";
import type { MappedRequest } from "../mapping/business-event.ts";
import type { KnownPartitions } from "../storage/events/ensure-partitions.ts";
import { eventKey } from "../storage/events/insert-events.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { BatchWriter } from "./batch-writer.ts";
import type { BatchWriterOptions } from "./batch-writer.ts";
import type { CommittedBatch } from "./commit-batch.ts";
import { gatherBatch } from "./gather-batch.ts";
import type { Batch } from "./gather-batch.ts";
import { faultText, UnavailableError } from "./ingest-port.ts";
import type { Ingest, IngestResult } from "./ingest-port.ts";
import { NextGroup } from "./next-group.ts";
import { RecentEvents } from "./recent-events.ts";
import { RefusedTenants } from "./refused-tenants.ts";
import { RequestQueue } from "./request-queue.ts";
import type { WaitingRequest } from "./request-queue.ts";

export interface IngestOptions extends Omit<BatchWriterOptions, "knownPartitions" | "recent"> {
  /** Connections that write: two, so that one batch is built while another commits. */
  readonly writers: number;
  readonly maxQueueBytes: number;
  /** Of them, what one owner's requests may occupy; all of it unless given. */
  readonly maxTenantQueueBytes?: number;
  readonly batchMaxEvents: number;
  /** Called after each commit, before the requests are answered; must not throw. */
  readonly onCommitted?: (committed: CommittedBatch, batch: Batch, startedMs: number) => void;
}

/**
 * While one writer is busy, fewer events than these wait for it: they cost less in its next transaction
 * than in one of their own, which would wait for the same hot rows (measured with single events over 64
 * connections).
 */
const eventsForAnotherWriter = 512;
/** Batches that wait decoded: each writer finds its next one ready. */
const batchesAhead = 2;

export interface RunningIngest extends Ingest {
  /** Bytes of the requests that wait or are being committed. */
  readonly queueBytes: number;
  readonly queueLength: number;
  /** Refuses new requests, commits those that wait, closes the connections. */
  close(): Promise<void>;
}

/**
 * Group commit: requests wait in a queue that is bounded in bytes; a writer takes what is there, up to
 * a limit, into one transaction, and all of them are answered after the commit. Under light load a
 * request waits for nobody.
 */
export function createIngest(options: IngestOptions): RunningIngest {
  const queue = new RequestQueue(options.maxQueueBytes, options.maxTenantQueueBytes ?? options.maxQueueBytes);
  const knownPartitions: KnownPartitions = new Set();
  const recent = new RecentEvents();
  const idle = Array.from({ length: options.writers }, () => new BatchWriter({ ...options, knownPartitions, recent }));
  const writers = [...idle];
  const nextGroup = new NextGroup();
  const refused = new RefusedTenants();
  let wakeScheduled = false;
  /** Events of the transactions under way. */
  let committing = 0;
  let draining = false;
  let onDrained: (() => void) | undefined;
  let room: { readonly promise: Promise<void>; resolve(): void } | undefined;

  function submit(request: MappedRequest, bytes: number, owner = ""): Promise<IngestResult> {
    if (draining) {
      return Promise.reject(
        new UnavailableError("draining", "The receiver is shutting down: send again, elsewhere or later.", 1),
      );
    }
    if (isEmpty(request)) return Promise.resolve({ inserted: 0, duplicates: 0, refused: [] });
    return new Promise((resolve, reject) => {
      queue.push({ request, bytes, owner, resolve, reject });
      nextGroup.arrived(queue.length);
      wakeWriter();
    });
  }

  function hasRoom(): boolean {
    return queue.events < options.batchMaxEvents * batchesAhead;
  }

  function whenRoom(): Promise<void> | undefined {
    if (hasRoom()) return undefined;
    room ??= Promise.withResolvers<void>();
    return room.promise;
  }

  /**
   * While one writer is busy, the other waits until as many events wait as are under way. A writer that took what
   * there is at once would have small transactions beside large ones, each with the fixed cost of a transaction
   * (with ten requests of 512 events under way, batches even out at five requests each: 13 % less CPU an event).
   * @param busy writers beside the one that would begin it
   */
  function isWorthATransaction(busy: number): boolean {
    const half = options.batchMaxEvents / 2;
    return busy === 0 || queue.events >= Math.min(half, Math.max(eventsForAnotherWriter, committing));
  }

  /** After the current poll phase, so that requests that arrive together share a transaction. */
  function wakeWriter(): void {
    if (wakeScheduled || idle.length === 0 || !isWorthATransaction(writers.length - idle.length)) return;
    wakeScheduled = true;
    setImmediate(() => {
      wakeScheduled = false;
      const writer = idle.pop();
      if (writer) void write(writer);
    });
  }

  async function write(writer: BatchWriter): Promise<void> {
    while (isWorthATransaction(writers.length - idle.length - 1)) {
      const requests = queue.take(options.batchMaxEvents);
      if (hasRoom()) {
        room?.resolve();
        room = undefined;
      }
      if (requests.length === 0) break;
      if (queue.length > 0) wakeWriter();
      const startedMs = performance.now();
      const events = requests.reduce((sum, { request }) => sum + request.events.length, 0);
      committing += events;
      await commitRequests(writer, requests, startedMs);
      committing -= events;
      if (draining) continue;
      await nextGroup.gather(requests.length, events + queue.events, queue.length, performance.now() - startedMs);
    }
    idle.push(writer);
    if (queue.length > 0) wakeWriter();
    else if (idle.length === writers.length) onDrained?.();
  }

  async function commitRequests(
    writer: BatchWriter,
    requests: readonly WaitingRequest[],
    startedMs: number,
  ): Promise<void> {
    try {
      try {
        await commitCounted(writer, refused.leaveOut(requests), startedMs);
      } catch (error) {
        if (!(error instanceof CountingRulesError)) throw error;
        refused.add(error.tenantIds);
        options.onAlarm(error.code, "a tenant is counted by other rules than this receiver's", error);
        await commitCounted(writer, refused.leaveOut(requests), startedMs);
      }
    } catch (error) {
      const refusal = unavailable(error);
      for (const { reject } of requests) reject(refusal);
      if (refusal.code === "internal_fault" && refusal !== error)
        options.onAlarm("internal_fault", "a batch failed", error);
    } finally {
      queue.release(requests);
    }
  }

  async function commitCounted(
    writer: BatchWriter,
    requests: readonly WaitingRequest[],
    startedMs: number,
  ): Promise<void> {
    const batch = gatherBatch(requests.map(({ request }) => request));
    if (batch.requests.every(isEmpty)) {
      answer(requests, nothing);
      return;
    }
    const committed = await writer.commit(batch);
    options.onCommitted?.(committed, batch, startedMs);
    answer(requests, committed);
  }

  return {
    submit,
    whenRoom,
    get queueBytes() {
      return queue.bytes;
    },
    get queueLength() {
      return queue.length;
    },
    async close() {
      draining = true;
      if (queue.length > 0 || idle.length < writers.length || wakeScheduled) {
        await new Promise<void>((resolve) => {
          onDrained = resolve;
        });
      }
      await Promise.all(writers.map((writer) => writer.close()));
    },
  };
}

function unavailable(error: unknown): UnavailableError {
  if (error instanceof UnavailableError) return error;
  if (error instanceof CountingRulesError) {
    const message = "Tenants are being switched to other counting rules now: send again.";
    return new UnavailableError(error.code, message, 5, { cause: error });
  }
  return new UnavailableError("internal_fault", faultText, 5, { cause: error });
}

const nothing: CommittedBatch = { inserted: [], refused: [], newlyRejected: [], days: [] };

function isEmpty({ events, rejected, sourceReports }: MappedRequest): boolean {
  return events.length === 0 && rejected.length === 0 && sourceReports.length === 0;
}

/** Tells each request what became of its own events; an event that two requests share is the first one's. */
function answer(requests: readonly WaitingRequest[], committed: CommittedBatch): void {
  let received = 0;
  for (const { request } of requests) received += request.events.length;
  if (committed.inserted.length === received) {
    for (const { request, resolve } of requests) {
      resolve({ inserted: request.events.length, duplicates: 0, refused: [] });
    }
    return;
  }
  // Objects, not keys: a batch holds the very events of its requests. Each is claimed once.
  const inserted = new Set(committed.inserted);
  const refusals = new Map(committed.refused.map(({ event, rejection }) => [eventKey(event), rejection]));
  for (const { request, resolve } of requests) {
    let own = 0;
    const refused: { code: string; reason: string }[] = [];
    for (const event of request.events) {
      const refusal = refusals.size > 0 ? refusals.get(eventKey(event)) : undefined;
      if (refusal) refused.push({ code: refusal.code, reason: refusal.reason });
      else if (inserted.delete(event)) own++;
    }
    resolve({ inserted: own, duplicates: request.events.length - own - refused.length, refused });
  }
}
