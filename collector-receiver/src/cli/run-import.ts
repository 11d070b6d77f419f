import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { RowConverter } from "../history/convert-row.ts";
import { AttributeTypes } from "../history/convert-value.ts";
import { ImportError } from "../history/import-error.ts";
import { ImportPositions } from "../history/import-position.ts";
import { describeReport, reportAsJson, type ImportReport } from "../history/import-report.ts";
import { ImportRun } from "../history/import-rows.ts";
import type { Mapping } from "../history/mapping-schemas.ts";
import { identify, openSource, type OpenSource } from "../history/open-source.ts";
import { isTimezone, planMapping, readMapping } from "../history/read-mapping.ts";
import { valueOf } from "../history/source-row.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { GroupCommit } from "../ingest/group-commit.ts";
import { countedAttributesWith } from "../metrics/event-counters.ts";
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
import { readInstant } from "./read-instant.ts";
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
      await findTenant(connectionString, client, config, options.tenant);
      const untilMs = await cutOverOf(connectionString, client, options);
      const positions = new ImportPositions(
        join(config.dataFolder, "imports"),
        `${mapping.source}-${options.tenant}`.replaceAll(/[^\w.-]/g, "_"),
        [identity, JSON.stringify(mapping), options.zone ?? "", options.tenant, String(untilMs ?? "")],
      );
      const report = await importAll(
        source,
        { connectionString, config, client, mapping, untilMs, positions },
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

/** A tenant that is named has to be there; the one of all who name none is made. */
async function findTenant(connectionString: string, client: WriterConnection, config: Config, tenantId: string) {
  if (tenantId !== "default" || (await listTenantIds(client)).includes(tenantId)) {
    await listTenants(connectionString, tenantId);
    return;
  }
  await seedTenantSettings(client, [tenantId], tenantDefaultsOf(config));
}

async function cutOverOf(connectionString: string, client: WriterConnection, { tenant, until, dryRun }: ImportCommand) {
  if (until !== undefined) return readInstant(connectionString, tenant, "--until", until);
  if (dryRun !== true && (await hasLiveEvents(client, tenant))) {
    throw new ImportError(
      "until_needed",
      `Tenant "${tenant}" has live events already. Say up to when the source counts, so that nothing counts twice: --until 2026-01-31.`,
    );
  }
  return undefined;
}

async function importAll(source: string, all: Import, options: ImportCommand): Promise<ImportReport> {
  const { mapping, positions, untilMs, client } = all;
  const position = options.resume === true ? positions.read() : undefined;
  if (position === "changed") {
    throw new ImportError(
      "cannot_resume",
      "The source, the mapping, the zone or --until is another one than when the import stopped. Run it without --resume: what is known is not counted again.",
    );
  }
  const { tenant: tenantId, dryRun = false } = options;
  const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
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
    onDone: (rows, last) => {
      progress.update(rows);
      if (dryRun || (isTable && last === undefined)) return;
      const key = isTable ? keyColumns.map((column) => String(valueOf(last!, column))) : undefined;
      positions.write({ rows, key });
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
