import type { FastifyBaseLogger } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import type { OnAlarm } from "../ingest/alarm-codes.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { forgetEventIds } from "../storage/events/forget-event-ids.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import {
  findTenantsOfOlderRules,
  findTenantsToSweep,
  listTenantTimezones,
  readTenantDays,
} from "../storage/settings/list-tenants.ts";
import type { RetentionAnnouncement } from "../storage/settings/retention-plans.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { classifyDatabaseError } from "../storage/wire/database-errors.ts";
import { DutyTakenError, LockBusyError } from "../storage/wire/in-transaction.ts";
import {
  destroyConnection,
  endConnection,
  openWriterConnection,
  type WriterConnection,
} from "../storage/wire/writer-connection.ts";
import { withDeadline } from "../storage/wire/with-deadline.ts";
import { closedDayDuties, maxJudgements } from "./closed-day-duties.ts";
import { ClockComparison } from "./compare-clocks.ts";
import { countingRules } from "../metrics/counting-rules.ts";
import { switchRules } from "../recount/switch-rules.ts";
import { NextDays } from "../metrics/next-days.ts";
import { UnavailableError } from "../ingest/ingest-port.ts";
import type { Ingest } from "../ingest/ingest-port.ts";
import { findTenantsWithDueEvents } from "../storage/events/waiting-events.ts";
import { readSenderClocks } from "../storage/facts/sender-clocks.ts";
import { countDueEvents } from "./count-due-events.ts";
import { forgetWhatIsNotKept, keepRetention } from "./keep-retention.ts";
import { rememberSettledMonths } from "./remember-settled-months.ts";
import { sweepIdleSessions } from "./sweep-idle-sessions.ts";

export interface TenantWatchOptions {
  readonly connectionString: string;
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** Told of rounds that fail although PostgreSQL is there. */
  readonly onAlarm: OnAlarm;
  /** Milliseconds between two rounds. */
  readonly everyMs: number;
  /** Whole business months that are kept before the current one; undefined: everything. */
  readonly retentionMonths: number | undefined;
  /** Milliseconds after which a step of a round is given up, with its connection; five minutes unless given. */
  readonly deadlineMs?: number;
  /** True: tenants of older counting rules are counted anew. */
  readonly switchesRules: boolean;
  /** Where events go whose time has come; without it they go on waiting. */
  readonly ingest?: Pick<Ingest, "submit"> | undefined;
  /** The timezone of tenants that have no settings yet. */
  readonly defaultTimezone?: string | undefined;
  /** The end of each round: judges alerts, and begins to send messages. */
  readonly tellPeople?: ((client: WriterConnection, nowMs: number) => Promise<void>) | undefined;
  /** After each slice: sessions that it ended, and the days whose counters it changed. */
  readonly onSwept: (sessions: number, days: readonly BusinessRow[]) => void;
}

/** Longer than any step takes whose statement is alive: a month of a large tenant is judged in one. */
const defaultDeadlineMs = 5 * 60_000;
/** A tenant that is busy for longer is visited in the next round. It also bounds what a round waits for when it is to end. */
const maxLockWaitMs = 1_000;
/** Between two lines about a tenant that is counted anew. */
const tellEveryMs = 5_000;
/** What a round needs to come to its end, unless it is in a long statement, which then goes on without us. */
const closeGraceMs = maxLockWaitMs + 500;

/**
 * Carries out the duties of upkeep from time to time, on a connection of its own: reads from when rows are kept, ends
 * the sessions that have been idle for too long, judges the AI resolutions of days that are over, remembers what settled
 * months say, announces and drops what is older than the retention, and compares the clocks. Visits only the tenants that are
 * due. If several receivers run, one at a time does each duty. All of it goes by PostgreSQL's clock. A round that fails is
 * tried again.
 */
export async function watchTenants(options: TenantWatchOptions): Promise<TenantWatch> {
  const watch = new TenantWatch(options);
  await watch.start();
  return watch;
}

/** `watching`: rounds succeed. `failing`: the last one did not, and that has been said. */
type WatchState = "watching" | "failing" | "closing";

export class TenantWatch {
  /** What is stored of senders. Clocks that run ahead are kept up to date if events are counted here; versions are what this process has stored. */
  readonly senders = { clocksAhead: new Set<string>(), versionsSeen: new Map<string, number>() };
  readonly #options: TenantWatchOptions;
  #state: WatchState = "watching";
  #client: WriterConnection | undefined;
  #retained = new Map<string, number | null>();
  readonly #days: NextDays;
  #announcements: readonly RetentionAnnouncement[] = [];
  #clock: DatabaseClock | undefined;
  readonly #clocks: ClockComparison;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TenantWatchOptions) {
    this.#options = options;
    this.#days = new NextDays(options.defaultTimezone);
    this.#clocks = new ClockComparison(options);
  }

  /** PostgreSQL's time as it was measured last, in ms since 1970; this machine's before the first measurement. */
  nowMs(): number {
    return this.#clock?.nowMs() ?? Date.now();
  }

  /** By how many ms PostgreSQL's clock is ahead of this machine's; negative if it is behind. */
  skewMs(): number {
    return this.#clock?.skewMs() ?? 0;
  }

  /** Start of what is kept of a tenant, ms since 1970; null: everything, or a tenant that is not known yet. */
  retainedFromMs(tenantId: string): number | null {
    return this.#retained.get(tenantId) ?? null;
  }

  /** When a tenant's next business day begins, ms since 1970; null if its timezone is not known. */
  nextDayMs(tenantId: string): number | null {
    return this.#days.nextDayMs(tenantId, this.nowMs());
  }

  /** What retention had announced at the end of the last round, by any receiver. */
  announcements(): readonly RetentionAnnouncement[] {
    return this.#announcements;
  }

  /** What is kept has to be known before the first event; sweeping may have to wait for locks, and nobody waits for that. */
  async start(): Promise<void> {
    await this.#attempt(async () => this.#measureClock(await this.#readRetained()));
    this.#startRound();
    this.#timer = setInterval(() => this.#startRound(), this.#options.everyMs);
  }

  /**
   * Ends the round under way and closes the connection. What was not committed is done by the next start.
   */
  async close(): Promise<void> {
    this.#state = "closing";
    clearInterval(this.#timer);
    const isOver = this.#round?.then(() => true) ?? true;
    const ended = await Promise.race([isOver, sleep(closeGraceMs, false, { ref: false })]);
    const client = this.#client;
    if (client === undefined) return;
    if (ended) await endConnection(client);
    else destroyConnection(client);
  }

  /** A method, because the state changes while a round waits. */
  #isClosing(): boolean {
    return this.#state === "closing";
  }

  #startRound(): void {
    this.#round ??= this.#attempt(() => this.#goRound()).finally(() => (this.#round = undefined));
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (this.#state === "failing") {
        this.#options.log.info("tenants are watched again");
        this.#state = "watching";
      }
    } catch (error) {
      if (!this.#isClosing()) this.#tellFailure(error);
      const lost = this.#client;
      this.#client = undefined;
      if (lost !== undefined) destroyConnection(lost);
    }
  }

  /** Once for an outage, not once a round. */
  #tellFailure(error: unknown): void {
    if (this.#state === "watching") {
      const kind = classifyDatabaseError(error);
      if (kind === "unavailable" || kind === "retry_transaction") {
        this.#options.log.warn({ err: error }, "tenants cannot be watched now; tried again each round");
      } else {
        const code = kind === "login_refused" ? "database_login_refused" : "upkeep_failed";
        const message = error instanceof Error ? error.message : String(error);
        this.#options.onAlarm(code, `a round of upkeep failed and is tried again: ${message}`, error);
      }
    }
    this.#state = "failing";
  }

  async #readRetained(): Promise<WriterConnection> {
    const client = (this.#client ??= await openWriterConnection(this.#options.connectionString));
    const tenants = await this.#bounded(client, () => readTenantDays(client));
    this.#retained = new Map(tenants.map(({ tenantId, retainedFromMs }) => [tenantId, retainedFromMs]));
    this.#days.learn(tenants);
    await this.#learnClocks(client);
    return client;
  }

  async #learnClocks(client: WriterConnection): Promise<void> {
    if (this.#options.ingest === undefined) return;
    const known = await this.#bounded(client, () => readSenderClocks(client));
    const { clocksAhead } = this.senders;
    clocksAhead.clear();
    for (const key of known) clocksAhead.add(key);
  }

  /** A step of a round. The host may be gone, and TCP would wait for a quarter of an hour. */
  #bounded<Result>(client: WriterConnection, step: () => Promise<Result>): Promise<Result> {
    return withDeadline(client, this.#options.deadlineMs ?? defaultDeadlineMs, step);
  }

  async #measureClock(client: WriterConnection): Promise<DatabaseClock> {
    this.#clock = await this.#bounded(client, () => DatabaseClock.measure(client));
    this.#clocks.compare(this.#clock);
    return this.#clock;
  }

  async #goRound(): Promise<void> {
    const client = await this.#readRetained();
    const clock = await this.#measureClock(client);
    if (this.#options.switchesRules) await this.#switchRules(client);
    await this.#countDue(client, clock);
    const swept = await this.#sweep(client, clock);
    // A day can be judged, and a month settles, only if the watermark has moved, so the other tenants need no look.
    await this.#judge(client, swept);
    await this.#visit(swept, async (tenantId) => {
      await this.#bounded(client, () => rememberSettledMonths(client, tenantId));
    });
    if (this.#isClosing()) return;
    const { retentionMonths: months, log } = this.#options;
    const round = await this.#bounded(client, async () => {
      const tenants = months === undefined ? [] : await listTenantTimezones(client);
      return keepRetention(client, tenants, clock, { log, months, maxLockWaitMs });
    });
    this.#announcements = round.announcements;
    for (const { tenantId, retainedFromMs } of round.sealed) this.#retained.set(tenantId, retainedFromMs);
    for await (const _ of forgetEventIds(client)) if (this.#isClosing()) return;
    await forgetWhatIsNotKept(client, { log, isClosing: () => this.#isClosing() });
    await this.#bounded(client, async () => this.#options.tellPeople?.(client, clock.nowMs()));
  }

  /** Counts the tenants of older rules anew: until then their senders are told to wait. */
  async #switchRules(client: WriterConnection): Promise<void> {
    const { connectionString, log } = this.#options;
    await this.#visit(await findTenantsOfOlderRules(client), async (tenantId) => {
      log.info(
        { tenantId, rules: countingRules },
        "a tenant is counted anew by this version's rules; its senders wait",
      );
      let toldMs = performance.now();
      const tell = (events: number): void => {
        if (performance.now() - toldMs < tellEveryMs) return;
        toldMs = performance.now();
        log.info({ tenantId, events }, "so many events are counted by now");
      };
      const events = await switchRules(connectionString, tenantId, tell, { duty: "rules", maxLockWaitMs });
      if (events !== null) log.info({ tenantId, events, rules: countingRules }, "the tenant is counted anew");
    });
  }

  /** @returns the tenants that were swept to the end */
  async #sweep(client: WriterConnection, clock: DatabaseClock): Promise<string[]> {
    const swept: string[] = [];
    const due = await this.#bounded(client, () => findTenantsToSweep(client, clock.nowMs()));
    await this.#visit(due, async (tenantId) => {
      const slices = sweepIdleSessions(client, tenantId, clock.nowMs(), { duty: "sweep", maxLockWaitMs });
      for (;;) {
        const { done, value } = await this.#bounded(client, () => slices.next());
        if (done === true) break;
        this.#options.onSwept(value.sessions, value.days);
        if (this.#isClosing()) return;
      }
      swept.push(tenantId);
    });
    return swept;
  }

  /** Counts what has waited for its time. What cannot be committed now waits for the next round. */
  async #countDue(client: WriterConnection, clock: DatabaseClock): Promise<void> {
    const { ingest, log } = this.#options;
    if (ingest === undefined) return;
    const due = await this.#bounded(client, () => findTenantsWithDueEvents(client, clock.nowMs()));
    await this.#visit(due, async (tenantId) => {
      try {
        const events = await countDueEvents(client, ingest, tenantId, clock.nowMs());
        log.info({ tenantId, events }, "events whose time has come are counted");
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
      }
    });
  }

  async #judge(client: WriterConnection, tenantIds: readonly string[]): Promise<void> {
    for (const { duty, keep } of closedDayDuties) {
      await this.#visit(tenantIds, async (tenantId) => {
        for (let times = 0; times < maxJudgements && !this.#isClosing(); times++) {
          const judged = await this.#bounded(client, () => keep(client, tenantId, { duty, maxLockWaitMs }));
          if (judged.length === 0) return;
        }
      });
    }
  }

  /** Does a duty for one tenant after the other, as far as this receiver leads it; a busy tenant is left for the next round. */
  async #visit(tenantIds: readonly string[], work: (tenantId: string) => Promise<void>): Promise<void> {
    for (const tenantId of tenantIds) {
      if (this.#isClosing()) return;
      try {
        await work(tenantId);
      } catch (error) {
        if (error instanceof DutyTakenError) return;
        // Switched to other counting rules meanwhile: then the next round leaves it out.
        if (!(error instanceof LockBusyError || error instanceof CountingRulesError)) throw error;
      }
    }
  }
}
