import { join } from "node:path";
import type pg from "pg";
import type { FastifyBaseLogger } from "fastify";
import { buildApp } from "./app.ts";
import type { ConnectionTimes } from "./receiving/create-http-server.ts";
import { findDefinitionsFile, loadConfigFile } from "./catalogue/load-definitions.ts";
import type { ConfigFile } from "./catalogue/load-definitions.ts";
import { alertMetricKeys } from "./stats/alert-facts.ts";
import { reservedMetricKeys } from "./metrics/reserved-metric-keys.ts";
import { compileCounting } from "./metrics/custom-counting.ts";
import { countedAttributesWith } from "./metrics/event-counters.ts";
import { applyCustomDefinitions } from "./upkeep/apply-custom-definitions.ts";
import type { Config } from "./config/config.ts";
import type { Live } from "./live/create-live.ts";
import { measureLive } from "./live/measure-live.ts";
import { GroupCommit } from "./ingest/group-commit.ts";
import type { TenantTimes } from "./mapping/mapping-context.ts";
import { FairShares } from "./fairness/fair-shares.ts";
import { LateLog } from "./ingest/late-log.ts";
import { checkSettings, tenantDefaultsOf } from "./upkeep/check-settings.ts";
import { tokenOptions } from "./config/check-across.ts";
import { auditFailedSignIns } from "./storage/settings/audit-failed-sign-ins.ts";
import { countMisdirected } from "./operating/count-misdirected.ts";
import { FailedSignIns } from "./operating/failed-sign-ins.ts";
import { watchTokenFile } from "./operating/watch-token-file.ts";
import { ReloadableTokens } from "./receiving/reloadable-tokens.ts";
import { measureClock } from "./operating/measure-clock.ts";
import { measureRetention } from "./operating/measure-retention.ts";
import { measureSourceGaps } from "./operating/measure-source-gaps.ts";
import { raiseAlarms } from "./operating/raise-alarms.ts";
import { ReceiverMetrics } from "./operating/receiver-metrics.ts";
import { answerEarly, type EarlyAnswers } from "./answer-early.ts";
import { listen } from "./listen.ts";
import { openReading, ownReads, readElsewhere, threadReads } from "./open-reading.ts";
import { createTelling } from "./create-sender.ts";
import { tellPeople } from "./upkeep/tell-people.ts";
import type { ReadingThread } from "./reading-thread.ts";
import { TenantWatch } from "./upkeep/watch-tenants.ts";
import { waitForDatabase } from "./wait-for-database.ts";
import { migrateDatabase } from "./storage/schema/migrate-database.ts";

export interface Receiver {
  /** Where it listens, `http://127.0.0.1:4319`. */
  readonly url: string;
  /**
   * Stops: `/readyz` says so at once, no new connections, what is under way is committed and answered, then
   * everything that was started is closed.
   */
  close(): Promise<void>;
}

export interface StartOptions {
  /** For tests that do not wait for minutes. */
  readonly times?: ConnectionTimes;
}

/** One batch is built while another commits. */
const writerCount = 2;
/** For requests of tenants that are busy, for upkeep, and, while messages are sent, for these. */
const otherConnections = 3;
const watchEveryMs = 30_000;

/**
 * Starts the whole receiver: PostgreSQL unless one is given, migrations, settings, ingest, HTTP. If something fails, what
 * was started before is closed again.
 */
export async function startReceiver(
  config: Config,
  log: FastifyBaseLogger,
  options: StartOptions = {},
): Promise<Receiver> {
  const started = new StartedParts(log);
  try {
    const early = await answerEarly(config);
    started.add("the answers before the start", async () => early.close());
    const database = await prepareDatabase(config, log, started, early);
    const { pool, ...read } = openReading(config, log, database.connectionString, started);
    const parts = await startIngest(
      config,
      log,
      { ...database, ...read, pool, onConnectionsTaken: read.shrink },
      started,
    );
    const reading = readElsewhere(config, log, { ...parts, outages: read.outages }, started);
    const failedSignIns = new FailedSignIns({
      registry: parts.metrics.registry,
      log,
      audit: (failures) => auditFailedSignIns(pool, failures),
    });
    started.add("the count of failed sign-ins", () => failedSignIns.close());
    const tokens = watchTokens(config, log);
    started.add("the watch of token files", async () => tokens.close());
    const app = await buildApp({
      config,
      tokens,
      failedSignIns,
      onMisdirected: countMisdirected(parts.metrics.registry, log),
      log,
      pool,
      ...parts,
      ...(reading === undefined ? {} : { reading }),
      readingThread: read.thread,
      countedAttributes: database.countedAttributes,
      custom: database.custom,
      isDraining: () => started.isClosing,
      ...options,
    });
    // First to be closed: requests under way are committed and answered before ingest ends.
    started.add("the HTTP server", () => app.close());
    early.close();
    const url = await listen(app, config.host, config.port);
    return { url, close: () => started.closeAll() };
  } catch (error) {
    await started.closeAll();
    throw error;
  }
}

/** What was started, so that it is closed in the opposite order. */
class StartedParts {
  readonly #log: FastifyBaseLogger;
  readonly #parts: [what: string, close: () => Promise<unknown>][] = [];
  isClosing = false;

  constructor(log: FastifyBaseLogger) {
    this.#log = log;
  }

  add(what: string, close: () => Promise<unknown>): void {
    this.#parts.push([what, close]);
  }

  async closeAll(): Promise<void> {
    this.isClosing = true;
    for (const [what, close] of this.#parts.splice(0).toReversed()) {
      await close().catch((error: unknown) => this.#log.error({ err: error }, `${what} did not close`));
    }
  }
}

/** Finds or starts PostgreSQL, waits for it, migrates it, and stores settings and definitions that it lacks. */
async function prepareDatabase(config: Config, log: FastifyBaseLogger, started: StartedParts, early: EarlyAnswers) {
  const definitionsFile = findDefinitionsFile(config.definitionsFile, process.cwd());
  const file =
    definitionsFile === null ? null : await loadConfigFile(definitionsFile, reservedMetricKeys, alertMetricKeys);
  const prepare = (connectionString: string) => prepareSchema(config, file, connectionString, log);
  const { databaseUrl } = config;
  if (databaseUrl === undefined) return prepare(await startDatabase(config, log, started));
  const onWaiting = (isWaiting: boolean): void => early.setPhase(isWaiting ? "waiting" : "preparing");
  return waitForDatabase({ connectionString: databaseUrl, log, onWaiting }, () => prepare(databaseUrl));
}

/** Migrates, and stores settings and definitions. May be repeated. */
async function prepareSchema(
  config: Config,
  file: ConfigFile | null,
  connectionString: string,
  log: FastifyBaseLogger,
) {
  const migrated = await migrateDatabase(config.migrationDatabaseUrl ?? connectionString);
  if (migrated.length > 0) log.info({ migrations: migrated }, "the schema is at head now");
  const definitions = file?.definitions ?? null;
  const tenantDefaults = tenantDefaultsOf(config, definitions);
  await checkSettings(connectionString, tenantsOf(config), tenantDefaults, log);
  const custom = (await applyCustomDefinitions(connectionString, definitions, log)) ?? undefined;
  const countedAttributes = countedAttributesWith(custom === undefined ? null : compileCounting(custom));
  return { connectionString, tenantDefaults, custom, countedAttributes, delivery: file?.delivery };
}

// Only if there is no PostgreSQL, or a Redis, is their code loaded: it would occupy memory for nothing.
async function startDatabase(config: Config, log: FastifyBaseLogger, started: StartedParts): Promise<string> {
  const { startEmbeddedPostgres } = await import("./embedded/embedded-postgres.ts");
  const server = await startEmbeddedPostgres({ dataFolder: join(config.dataFolder, "postgres") });
  started.add("PostgreSQL", () => server.stop());
  log.info({ port: server.port, reused: server.reused, log: server.logFile }, "embedded PostgreSQL runs");
  return server.connectionString;
}

async function startLive(
  { redisUrl }: Config,
  parts: { readonly pool: pg.Pool; readonly log: FastifyBaseLogger; readonly now: () => number },
  metrics: ReceiverMetrics,
  started: StartedParts,
): Promise<Live | undefined> {
  if (redisUrl === undefined) return undefined;
  const { createLive } = await import("./live/create-live.ts");
  const live = createLive({ redisUrl, ...parts });
  started.add("the live counters", () => live.close());
  measureLive(metrics.registry, live);
  return live;
}

interface ReadyDatabase extends Awaited<ReturnType<typeof prepareDatabase>> {
  readonly pool: pg.Pool;
  /** Makes reports that are sent. */
  readonly thread: ReadingThread;
  /** PostgreSQL has no connection left for a writer. */
  readonly onConnectionsTaken: () => void;
}

/** Starts what counts: ingest, the upkeep of tenants, today's counters in Redis, and the metrics of all of them. */
async function startIngest(config: Config, log: FastifyBaseLogger, database: ReadyDatabase, started: StartedParts) {
  const { connectionString, tenantDefaults, countedAttributes, pool, onConnectionsTaken } = database;
  const { maxQueueBytes, batchMaxEvents, retentionMonths } = config;
  const isQueueDivided = hasSeveralTenants(config);
  const bodies = new FairShares(maxQueueBytes, isQueueDivided);
  const metrics = new ReceiverMetrics(
    () => ({ bytes: ingest.queueBytes + bodies.held, requests: ingest.queueLength }),
    maxQueueBytes,
  );
  measureSourceGaps(metrics.registry, pool);
  const onAlarm = raiseAlarms(metrics, log);
  const { sender, telling } = createTelling({ ...database, config, log, onAlarm, now: () => watch.nowMs() });
  const watch: TenantWatch = new TenantWatch({
    connectionString,
    log,
    onAlarm,
    everyMs: watchEveryMs,
    retentionMonths,
    switchesRules: config.autoRebuild,
    ingest: { submit: (request, bytes) => ingest.submit(request, bytes) },
    defaultTimezone: tenantDefaults.timezone,
    tellPeople: (client, nowMs) => tellPeople(client, nowMs, telling),
    onSwept: (sessions, days) => {
      metrics.countSettled(sessions);
      live?.publish(days);
    },
  });
  measureRetention(metrics.registry, () => watch.announcements());
  measureClock(metrics.registry, () => watch.skewMs());
  const now = (): number => watch.nowMs();
  const live = await startLive(config, { pool, log, now }, metrics, started);
  const late = new LateLog(log);
  const ingest = new GroupCommit({
    connectionString,
    tenantDefaults,
    capturedAttributes: countedAttributes,
    ...watch.senders,
    writers: writerCount,
    maxQueueBytes,
    isQueueDivided,
    batchMaxEvents,
    log,
    onAlarm,
    onConnectionsTaken,
    onCommitted: (committed, _batch, startedMs) => {
      metrics.countBatch(committed, startedMs, now());
      late.committed(committed.inserted, now());
      live?.publish(committed.days);
    },
  });
  started.add("ingest", () => ingest.close());
  // Before any reader: what reads must not take the last connections.
  await ingest.open();
  sayConnections(config, log);
  started.add("the sender of messages", () => sender.close());
  await watch.start();
  started.add("the tenant watch", () => watch.close());
  return { bodies, metrics, onAlarm, ingest, now, ...tenantTimes(watch), ...(live === undefined ? {} : { live }) };
}

/** What mapping asks of tenants' time. */
function tenantTimes(watch: TenantWatch): TenantTimes {
  return {
    retainedFromMs: (tenantId) => watch.retainedFromMs(tenantId),
    nextDayMs: (tenantId) => watch.nextDayMs(tenantId),
    ...watch.senders,
  };
}

function sayConnections({ readDatabaseUrl }: Config, log: FastifyBaseLogger): void {
  const reads = readDatabaseUrl === undefined ? ownReads + threadReads : ownReads;
  const connections = writerCount + otherConnections + reads;
  log.info({ connections }, "so many connections of PostgreSQL are needed at most: docs/operating.md");
}

/** The lists of tokens, read again from their files while the receiver runs. */
function watchTokens(config: Config, log: FastifyBaseLogger) {
  const ingest = new ReloadableTokens(config.ingestTokens);
  const read = new ReloadableTokens(config.readTokens);
  const watches = [
    ["INGEST_TOKENS", config.ingestTokensFile, ingest],
    ["READ_TOKENS", config.readTokensFile, read],
  ] as const;
  const ends = watches.flatMap(([list, file, tokens]) =>
    file === undefined
      ? []
      : [
          watchTokenFile(
            {
              variable: `${list}_FILE`,
              path: file.path,
              options: tokenOptions[list],
              replace: (grants) => tokens.replace(grants),
            },
            file.content,
            log,
          ),
        ],
  );
  return { ingest: ingest.resolve, read: read.resolve, close: () => ends.forEach((end) => end()) };
}

/** Without tokens there may be any tenant. */
function hasSeveralTenants({ ingestTokens }: Config): boolean {
  return new Set(ingestTokens.flatMap(({ tenantIds }) => tenantIds)).size !== 1;
}

function tenantsOf(config: Config): string[] {
  const named = [...config.ingestTokens, ...config.readTokens].flatMap(({ tenantIds }) => tenantIds);
  return named.length === 0 ? ["default"] : [...new Set(named)];
}
