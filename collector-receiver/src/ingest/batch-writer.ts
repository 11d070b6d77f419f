import type { AlarmCode, OnAlarm } from "./alarm-codes.ts";
import { claimedIds } from "../mapping/id-kind.ts";
import type { KeptKey } from "../mapping/business-event.ts";
import { clockKey } from "../mapping/sender-clocks.ts";
import { rememberVersions } from "../mapping/service-versions.ts";
import { classifyDatabaseError, sqlStateOf } from "../storage/wire/database-errors.ts";
import type { DatabaseErrorKind } from "../storage/wire/database-errors.ts";
import { ensurePartitions } from "../storage/events/ensure-partitions.ts";
import type { KnownPartitions } from "../storage/events/ensure-partitions.ts";
import { ReceiverTooOldError } from "../storage/schema/known-migrations.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { noteOffTimeIds, OffTimeIdsError } from "../storage/settings/off-time-tenants.ts";
import { seedTenantSettings } from "../storage/settings/seed-tenant-settings.ts";
import type { TenantDefaults } from "../storage/settings/seed-tenant-settings.ts";
import { nameOutage } from "../storage/wire/describe-outage.ts";
import { TenantsBusyError } from "../storage/wire/lock-tenants.ts";
import type { TenantLocking } from "../storage/wire/lock-tenants.ts";
import { DeadlineError } from "../storage/wire/deadline-error.ts";
import { readSessionKind } from "../storage/server/read-session-kind.ts";
import { withDeadline } from "../storage/wire/with-deadline.ts";
import { destroyConnection, endConnection, openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import {
  CommitError,
  commitBatch,
  ForgottenEventsError,
  nothingCommitted,
  SealedPeriodError,
  UnseededTenantError,
} from "./commit-batch.ts";
import type { CommitOptions, CommittedBatch, CommitStage, WriteStrategy } from "./commit-batch.ts";
import { gatherBatch, type Batch } from "./gather-batch.ts";
import { faultText, UnavailableError } from "./ingest-port.ts";
import type { RecentEvents } from "./recent-events.ts";
import { isEmpty } from "./request-queue.ts";

export interface BatchWriterOptions {
  readonly connectionString: string;
  readonly tenantDefaults: TenantDefaults;
  /** What mapping captures of events; the attributes that counting reads unless given. */
  readonly capturedAttributes?: ReadonlySet<string>;
  /** Shared by the writers of a process. */
  readonly knownPartitions: KnownPartitions;
  /** Shared by the writers of a process. */
  readonly recent: RecentEvents;
  /** Tenants that are known to have had version 7 ids that were off their time. Shared by the writers of a process. */
  readonly offTimeTenants: Set<string>;
  /** Senders whose clock is known to run ahead (`clockKey`). Shared by the writers of a process. */
  readonly clocksAhead?: Set<string> | undefined;
  /** Versions of services that are stored, with their earliest time. Shared by the writers of a process. */
  readonly versionsSeen?: Map<string, number> | undefined;
  /** Called if PostgreSQL has no connection left for a writer. */
  readonly onConnectionsTaken?: () => void;
  /** Milliseconds after which a batch's connection is given up; 15 s unless given. */
  readonly deadlineMs?: number;
  /** No event is to blame, and waiting does not help: somebody has to know. */
  readonly onAlarm: OnAlarm;
}

/** What a batch may take. A long one takes a few hundred ms; what takes this long waits for a host that is gone. */
const defaultDeadlineMs = 15_000;

/** A probe has its answer after so long. */
const checkDeadlineMs = 2_000;
const readOnlyProblem = "PostgreSQL is read-only";

/** Serialization failures and deadlocks of one batch before the sender has to try again. */
const maxRetries = 8;

/** One connection that turns batches into committed transactions, one after the other. */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  #client: WriterConnection | undefined;
  /** COPY until a batch meets a duplicate; then the next safer strategy, until a batch had none but recent ones. */
  #strategy: WriteStrategy = "copy";

  readonly #deadlineMs: number;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  }

  /**
   * Commits a batch.
   * @param onEventsWritten see `CommitOptions`
   * @throws UnavailableError if nothing was committed (or the outcome is unknown): the sender has to
   *   send again, and what had been committed after all is then a duplicate
   * @throws CountingRulesError if tenants of the batch are counted by other rules; nothing was committed
   * @throws TenantsBusyError if somebody has tenants of the batch alone: nothing was committed
   */
  async commit(batch: Batch, locking: TenantLocking = "try", onEventsWritten?: () => void): Promise<CommittedBatch> {
    let left = batch;
    let forgotten: readonly KeptKey[] = [];
    let partitionsMissed = false;
    let isSecondConnection = false;
    for (let attempt = 1; ; attempt++) {
      const client = await this.#connect();
      try {
        const committed = await withDeadline(client, this.#deadlineMs, () =>
          this.#commitOn(client, left, { locking, onEventsWritten }),
        );
        this.#noteCommitted(left, committed);
        return forgotten.length === 0 ? committed : { ...committed, forgotten };
      } catch (error) {
        if (error instanceof UnseededTenantError) {
          await this.#seed(client, error.tenantIds);
          continue;
        }
        if (error instanceof ForgottenEventsError) {
          forgotten = [...forgotten, ...error.keys];
          left = withoutForgotten(left, forgotten);
          if (left.requests.every(isEmpty)) return { ...nothingCommitted, forgotten };
          continue;
        }
        if (error instanceof OffTimeIdsError) {
          await this.#noteOffTimeIds(client, error);
          continue;
        }
        if (error instanceof CountingRulesError || error instanceof TenantsBusyError) throw error;
        if (error instanceof ReceiverTooOldError) {
          this.#options.onAlarm(error.code, error.message, error);
          throw new UnavailableError(error.code, `${error.message} Send again.`, 5, { cause: error });
        }
        if (error instanceof SealedPeriodError) {
          const message = `Retention has moved on meanwhile (${error.message}): send again.`;
          throw new UnavailableError("period_sealed", message, 5, { cause: error });
        }
        const { cause, stage } = failureOf(error);
        const kind = classifyDatabaseError(cause);
        if (!isSecondConnection && isConnectionLost(cause)) {
          isSecondConnection = true;
          this.#dropConnection();
          // Whether it was committed is not known: what is stored already must be no duplicate that fails.
          this.#strategy = "insert";
          continue;
        }
        if (kind === "retry_transaction" && attempt < maxRetries) continue;
        if (stage === "events" && this.#strategy !== "insert" && (kind === "duplicate" || kind === "data")) {
          this.#strategy = kind === "duplicate" && this.#strategy === "copy" ? "look-up" : "insert";
          continue;
        }
        if (kind === "missing_partition" && !partitionsMissed) {
          partitionsMissed = true;
          for (const month of left.partitions) this.#options.knownPartitions.delete(month);
          continue;
        }
        throw this.#refuse(kind, stage, cause);
      }
    }
  }

  /** Chooses the next strategy, and remembers what the batch has told. */
  #noteCommitted(batch: Batch, committed: CommittedBatch): void {
    // Duplicates come in floods, races and bad data do not: from the safest strategy it goes back at once.
    if (this.#strategy === "insert" && committed.inserted.length < batch.events.length) this.#strategy = "look-up";
    else if (this.#strategy !== "copy" && this.#hadRecentOnly(batch, committed)) this.#strategy = "copy";
    this.#options.recent.add(batch.events);
    for (const note of batch.clocks ?? []) {
      if (note.aheadMs === null) this.#options.clocksAhead?.delete(clockKey(note));
      else this.#options.clocksAhead?.add(clockKey(note));
    }
    rememberVersions(this.#options.versionsSeen, batch.versions);
  }

  async #commitOn(
    client: WriterConnection,
    batch: Batch,
    asked: Pick<CommitOptions, "locking" | "onEventsWritten">,
  ): Promise<CommittedBatch> {
    const { recent, offTimeTenants, capturedAttributes: captured, knownPartitions } = this.#options;
    await ensurePartitions(client, knownPartitions, batch.partitions);
    return commitBatch(client, batch, { strategy: this.#strategy, ...asked, recent, offTimeTenants, captured });
  }

  /** Whether the fastest strategy would have found the batch's duplicates too. */
  #hadRecentOnly({ events }: Batch, { inserted }: CommittedBatch): boolean {
    if (inserted.length === events.length) return true;
    const isNew = new Set(inserted);
    return events.every(
      (event) => isNew.has(event) || (event.idKind & claimedIds) !== 0 || this.#options.recent.has(event),
    );
  }

  /** Why no batch can be begun now, in a clause that strangers may read; undefined: one can. Writes nothing. */
  async findBeginProblem(): Promise<string | undefined> {
    try {
      const client = await this.#connect();
      const { readOnly } = await withDeadline(client, checkDeadlineMs, () => readSessionKind(client));
      if (!readOnly) return undefined;
      // The primary is another server by now, and a new connection may find it.
      this.#dropConnection();
      return readOnlyProblem;
    } catch (error) {
      this.#dropConnection();
      return nameOutage(error instanceof UnavailableError ? error.cause : error) ?? "PostgreSQL cannot be reached";
    }
  }

  /** Connects ahead of the first batch. If that fails, the first batch tries again and says so. */
  async open(): Promise<void> {
    await this.#connect().catch(() => {});
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await endConnection(client);
  }

  #dropConnection(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) destroyConnection(client);
  }

  async #connect(): Promise<WriterConnection> {
    if (this.#client) return this.#client;
    try {
      const client = await openWriterConnection(this.#options.connectionString);
      client.once("end", () => {
        if (this.#client === client) this.#client = undefined;
      });
      this.#client = client;
      return client;
    } catch (error) {
      const kind = classifyDatabaseError(error);
      // too_many_connections
      if (sqlStateOf(error) === "53300") this.#options.onConnectionsTaken?.();
      // Whatever else PostgreSQL says while we log in, it says to this role, this database or these settings.
      throw this.#refuse(kind === "unavailable" || kind === "fault" ? kind : "login_refused", "connect", error);
    }
  }

  async #seed(client: WriterConnection, tenantIds: readonly string[]): Promise<void> {
    await this.#store(client, () => seedTenantSettings(client, tenantIds, this.#options.tenantDefaults));
  }

  /** Notes it once for all receivers, and from then on in this process. */
  async #noteOffTimeIds(client: WriterConnection, { tenantIds, noted }: OffTimeIdsError): Promise<void> {
    if (!noted) {
      await this.#store(client, async () => {
        for (const tenantId of tenantIds) await noteOffTimeIds(client, tenantId);
      });
    }
    for (const tenantId of tenantIds) this.#options.offTimeTenants.add(tenantId);
  }

  /** Stores settings that the batch needs; it is tried again afterwards. */
  async #store(client: WriterConnection, work: () => Promise<void>): Promise<void> {
    try {
      await withDeadline(client, this.#deadlineMs, work);
    } catch (error) {
      if (error instanceof TenantsBusyError) throw error;
      throw this.#refuse(classifyDatabaseError(error), "settings", error);
    }
  }

  #refuse(kind: DatabaseErrorKind, stage: CommitStage | "connect" | "settings", cause: unknown): UnavailableError {
    const message = cause instanceof Error ? cause.message : String(cause);
    // The state of the connection is not known, and a prepared statement may be stale: the next batch has a new one.
    this.#dropConnection();
    if (kind === "unavailable") {
      const code = stage === "counters" ? "commit_outcome_unknown" : "database_unavailable";
      return new UnavailableError(code, `PostgreSQL did not answer (${message}): send again.`, 2, { cause });
    }
    const code = alarmOf[kind];
    this.#options.onAlarm(code, `a batch could not be committed at "${stage}": ${message}`, cause);
    const text = code === "internal_fault" ? faultText : `The batch could not be committed (${message}): send again.`;
    return new UnavailableError(code, text, 5, { cause });
  }
}

const alarmOf: Readonly<Record<Exclude<DatabaseErrorKind, "unavailable">, AlarmCode>> = {
  missing_partition: "partition_missing",
  login_refused: "database_login_refused",
  fault: "internal_fault",
  refused: "counter_error",
  data: "counter_error",
  duplicate: "counter_error",
  retry_transaction: "counter_error",
};

/** The batch without the requests whose kept event has been forgotten. */
function withoutForgotten({ requests }: Batch, forgotten: readonly KeptKey[]): Batch {
  return gatherBatch(requests.filter(({ kept }) => kept === undefined || !forgotten.includes(kept)));
}

/** What failed, and where in the transaction; a deadline is its own cause. */
function failureOf(error: unknown): { readonly cause: unknown; readonly stage: CommitStage } {
  const failed = error instanceof DeadlineError ? error.cause : error;
  if (!(failed instanceof CommitError)) return { cause: error, stage: "events" };
  return { cause: error instanceof DeadlineError ? error : failed.cause, stage: failed.stage };
}

/** True if the connection is gone, so that another one may serve; not if PostgreSQL answered that it cannot. */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof DeadlineError) return true;
  const state = sqlStateOf(error);
  if (state !== undefined) return state === "57P01" || state === "57P05" || state === "25P03";
  return classifyDatabaseError(error) === "unavailable";
}
