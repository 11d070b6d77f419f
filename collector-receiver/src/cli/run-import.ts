import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { RowConverter } from "../history/convert-row.ts";
import { AttributeTypes } from "../history/convert-value.ts";
import { ImportError } from "../history/import-error.ts";
import { ImportPositions, positionOf } from "../history/import-position.ts";
import { describeReport, reportAsJson, type ImportReport } from "../history/import-report.ts";
import { ImportRun } from "../history/import-rows.ts";
import type { Mapping } from "../history/mapping-schemas.ts";
import { identify, openSource, type OpenSource } from "../history/open-source.ts";
import { isTimezone, planMapping, readMapping } from "../history/read-mapping.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { GroupCommit } from "../ingest/group-commit.ts";
import { businessCalendarOf, type BusinessCalendar } from "../metrics/business-calendar.ts";
import { countedAttributesWith } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { findChangedEvents } from "../storage/events/find-changed-events.ts";
import { hasLiveEvents } from "../storage/events/has-live-events.ts";
import { listTenantIds } from "../storage/settings/list-tenants.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { seedTenantSettings } from "../storage/settings/seed-tenant-settings.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import { openWriterConnection, type WriterConnection } from "../storage/wire/writer-connection.ts";
import { tenantDefaultsOf } from "../upkeep/check-settings.ts";
import { CommandError } from "./command-error.ts";
import { print, printError } from "./print.ts";
import { instantIn } from "./read-instant.ts";
import { showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface ImportCommand {
  readonly mapping?: string;
  readonly table?: string;
  readonly tenant: string;
  readonly zone?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** The facts that an import needs before it reads the first row. */
interface Import {
  readonly connectionString: string;
  readonly config: Config;
  readonly client: WriterConnection;
  readonly mapping: Mapping;
  readonly rules: TenantRules;
  readonly untilMs: number | undefined;
  readonly positions: ImportPositions;
}

/** `spanledger import`: reads events of the past, and counts them as live ones are counted. */
export function runImport(source: string, options: ImportCommand): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    const mapping = await mappingOf(options);
    if (options.zone !== undefined && !isTimezone(options.zone)) {
      throw new CommandError(
        "invalid_arguments",
        `--zone is "${options.zone}". Name a timezone such as Asia/Shanghai.`,
      );
    }
    const identity = await identify(source, mapping);
    const client = await openWriterConnection(connectionString);
    try {
      const rules = await rulesOfTenant(connectionString, client, config, options);
      const untilMs = await cutOverOf(client, options, rules.calendar);
      const positions = new ImportPositions(
        join(config.dataFolder, "imports"),
        `${mapping.source}-${options.tenant}`.replaceAll(/[^\w.-]/g, "_"),
        [identity, JSON.stringify(mapping), options.zone ?? "", options.tenant, String(untilMs ?? "")],
      );
      const report = await importAll(
        source,
        { connectionString, config, client, mapping, rules, untilMs, positions },
        options,
      );
      return report.isWhole ? 0 : 1;
    } finally {
      await client.end();
    }
  });
}

async function mappingOf({ mapping: file, table }: ImportCommand): Promise<Mapping> {
  const mapping = file === undefined ? planMapping : await readMapping(file);
  return table === undefined ? mapping : { ...mapping, table };
}

/** A tenant that is named has to be there; the one of all who name none is made, unless nothing may be written. */
async function rulesOfTenant(
  connectionString: string,
  client: WriterConnection,
  config: Config,
  { tenant: tenantId, dryRun }: ImportCommand,
): Promise<TenantRules> {
  const isNew = tenantId === "default" && !(await listTenantIds(client)).includes(tenantId);
  if (isNew && dryRun === true) return rulesOfNewTenant(tenantId, config);
  if (isNew) await seedTenantSettings(client, [tenantId], tenantDefaultsOf(config));
  else await listTenants(connectionString, tenantId);
  return rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
}

/** The rules that a tenant has before anything is stored of it, as far as mapping depends on them. */
function rulesOfNewTenant(tenantId: string, config: Config): TenantRules {
  return {
    tenantId,
    calendar: businessCalendarOf(config.businessTimezone),
    idleTimeoutMs: config.sessionIdleTimeoutSeconds * 1000,
    idleThroughMs: 0,
    retainedFromMs: null,
    hasOffTimeIds: false,
    costs: [],
    workingHours: null,
    custom: null,
  };
}

async function cutOverOf(
  client: WriterConnection,
  { tenant, until, dryRun }: ImportCommand,
  calendar: BusinessCalendar,
): Promise<number | undefined> {
  if (until !== undefined) return instantIn(calendar, "--until", until);
  if (dryRun !== true && (await hasLiveEvents(client, tenant))) {
    throw new ImportError(
      "until_needed",
      `Tenant "${tenant}" has live events already. Say up to when the source counts, so that nothing counts twice: --until 2026-01-31.`,
    );
  }
  return undefined;
}

async function importAll(source: string, all: Import, options: ImportCommand): Promise<ImportReport> {
  const { mapping, positions, untilMs, client, rules } = all;
  const position = options.resume === true ? positions.read() : undefined;
  if (position === "changed") {
    throw new ImportError(
      "cannot_resume",
      "The source, the mapping, the zone or --until is another one than when the import stopped. Run it without --resume: what is known is not counted again.",
    );
  }
  const { tenant: tenantId, dryRun = false } = options;
  const countedAttributes = countedAttributesWith(rules.custom);
  const types = new AttributeTypes(countedAttributes, rules.custom?.definitions);
  const converter = new RowConverter(mapping, types, options.zone, Date.now());
  const opened = await openSource(source, mapping, position);
  const ingest = dryRun ? null : openIngest(all);
  const progress = showProgress(dryRun ? "reading" : "importing", opened.estimate, "rows");
  const target = {
    rules,
    countedAttributes,
    serviceName: mapping.service ?? null,
    ingest,
    findChanged: (events: Parameters<typeof findChangedEvents>[1]) => findChangedEvents(client, events),
  };
  const keyColumns = typeof mapping.key === "string" ? [mapping.key] : mapping.key;
  const isTable = opened.placeName === "row";
  const run = new ImportRun(converter, target, {
    untilMs,
    doneRows: position?.rows ?? 0,
    beginsBehind: isTable,
    doneDigest: position?.digest,
    onDone: (rows, last) => {
      progress.update(rows);
      if (!dryRun) positions.write(() => positionOf(rows, last, isTable ? keyColumns : undefined));
    },
  });
  const startedMs = performance.now();
  try {
    checkColumns(converter.columns, opened, source);
    const report = await run.run(opened);
    progress.finish(report.rows);
    if (!dryRun) await finish(all, tenantId, report);
    tell(report, { dryRun, placeName: opened.placeName, json: options.json === true, startedMs });
    return report;
  } finally {
    await ingest?.close();
    await opened.close();
  }
}

function openIngest({ connectionString, config }: Import): GroupCommit {
  return new GroupCommit({
    connectionString,
    tenantDefaults: tenantDefaultsOf(config),
    writers: 2,
    maxQueueBytes: config.maxQueueBytes,
    isQueueDivided: false,
    batchMaxEvents: config.batchMaxEvents,
    onAlarm: (code, message, error) => printError(`spanledger: ${message}: ${String(error)} [${code}]\n`),
  });
}

/** A column that the mapping names and the source has not would be empty in every row. */
function checkColumns(wanted: readonly string[], { columns }: OpenSource, source: string): void {
  if (columns === undefined) return;
  const isThere = (name: string): boolean => columns.includes(name) || columns.includes(name.split(".")[0]!);
  const missing = wanted.filter((name) => !isThere(name));
  if (missing.length === 0) return;
  throw new ImportError(
    "source_unreadable",
    `${source} has no column ${missing.map((name) => `"${name}"`).join(", ")}. Its columns are: ${columns.join(", ")}.`,
  );
}

async function finish({ client, mapping, positions }: Import, tenantId: string, report: ImportReport): Promise<void> {
  const { imported, known, changed, rejected } = report;
  if (imported > 0) {
    const details = { source: mapping.source, imported, known, changed, rejected };
    await writeAudit(client, { tenantId, action: "import", details });
  }
  positions.forget();
}

function tell(
  report: ImportReport,
  how: { dryRun: boolean; placeName: string; json: boolean; startedMs: number },
): void {
  const seconds = (performance.now() - how.startedMs) / 1000;
  const events = Object.values(report.events).reduce((sum, count) => sum + count, 0);
  const eventsPerSecond = Math.round(events / seconds);
  print(
    how.json
      ? `${JSON.stringify({ ...reportAsJson(report), seconds, eventsPerSecond })}\n`
      : `${describeReport(report, how)}${seconds.toFixed(1)} s, ${eventsPerSecond.toLocaleString("en")} events/s\n`,
  );
}
