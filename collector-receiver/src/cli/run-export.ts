import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { HiddenPeople } from "../history/hide-people.ts";
import { openExportFile, type ExportFormat, type ExportRow } from "../history/write-export.ts";
import { addDays, businessCalendarOf } from "../metrics/business-calendar.ts";
import { exportTables, type ExportTable } from "../storage/export/export-tables.ts";
import {
  readDayRevisions,
  readExportBounds,
  readExportRows,
  type ExportDay,
} from "../storage/export/read-export-rows.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { openPlainConnection } from "../storage/wire/open-plain-connection.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface ExportCommand {
  readonly tenant: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: ExportFormat;
  readonly tables?: readonly string[];
  readonly withIdentities?: boolean;
  readonly salt?: string;
  readonly sinceExport?: boolean;
  readonly json?: boolean;
}

/** What an export before has written; it lies beside its files. */
interface ExportState {
  readonly tenant: string;
  /** What has to be the same, so that files of days that have not changed fit the new ones. */
  readonly of: string;
  readonly lastErase: string | null;
  readonly revisions: Readonly<Record<string, string>>;
}

const stateFile = "export.json";
/** Revision of a day of which nothing is stored. */
const emptyDay = "";
/** Revision of a day whose files were written in another way: it equals none. */
const otherRevision = "?";
const minSaltBytes = 16;
const maxDays = 10_000;

/** `spanledger export`: writes what is stored of a tenant into a folder, one file a table and business day. */
export function runExport(folder: string, options: ExportCommand): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    await listTenants(connectionString, options.tenant);
    const people =
      options.withIdentities === true ? null : await hiddenPeople(connectionString, config.dataFolder, options);
    const client = await openPlainConnection(connectionString);
    try {
      // All tables and days are of one moment, so their sums agree.
      await client.query("begin transaction isolation level repeatable read read only");
      const written = await exportDays(client, folder, options, people);
      print(options.json === true ? `${JSON.stringify(written)}\n` : describe(written, folder));
      return 0;
    } finally {
      await client.end();
    }
  });
}

interface Written {
  readonly days: number;
  readonly unchangedDays: number;
  readonly files: number;
  readonly rows: number;
}

function describe({ days, unchangedDays, files, rows }: Written, folder: string): string {
  const unchanged = unchangedDays === 0 ? "" : `, ${unchangedDays} unchanged since the last export`;
  return `${rows.toLocaleString("en")} rows of ${days} days in ${files} files below ${folder}${unchanged}\n`;
}

/** The salt is kept outside of the export: who has both can try ids until a hash fits. */
async function hiddenPeople(connectionString: string, dataFolder: string, { salt: file, tenant }: ExportCommand) {
  const kept = file ?? join(dataFolder, "export-salt");
  if (file === undefined && !existsSync(kept)) {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(kept, randomBytes(32).toString("hex"), { mode: 0o600 });
  }
  if (!existsSync(kept)) throw new CommandError("invalid_arguments", `--salt: there is no file ${kept}.`);
  const salt = readFileSync(kept);
  if (salt.length < minSaltBytes) {
    throw new CommandError(
      "invalid_arguments",
      `The salt in ${kept} has ${salt.length} bytes; write at least ${minSaltBytes} random ones.`,
    );
  }
  const client = await openWriterConnection(connectionString);
  try {
    const rules = (await loadTenantRules(client, [tenant], true)).get(tenant);
    return new HiddenPeople(salt, rules?.custom?.definitions);
  } finally {
    await client.end();
  }
}

async function exportDays(
  client: pg.Client,
  folder: string,
  options: ExportCommand,
  people: HiddenPeople | null,
): Promise<Written> {
  const tables = tablesOf(options);
  const bounds = await readExportBounds(client, options.tenant);
  // What retention has dropped is not written again: the file of an export before has it still.
  const salted = people === null ? null : people.hash("");
  const of = JSON.stringify([options.format, tables.map(({ name }) => name), salted, bounds.timezone]);
  const before = readState(folder, options.tenant, of);
  const days = daysOf(options, bounds, Object.keys(before.revisions).toSorted()[0]).filter(
    ({ startMs }) => startMs >= (bounds.retainedFromMs ?? -Infinity),
  );
  const revisions = await readDayRevisions(client, days);
  const revisionOf = (day: string): string => revisions.get(day) ?? emptyDay;
  const isKnown = (day: string): boolean =>
    options.sinceExport === true && before.lastErase === bounds.lastErase && before.revisions[day] === revisionOf(day);
  // A day that was exported once and is empty now is written without rows, so that no reader goes on counting the old ones.
  const dayExists = ({ day }: ExportDay): boolean => revisions.has(day) || Object.hasOwn(before.revisions, day);
  const wanted = days.filter((day) => dayExists(day) && !isKnown(day.day));
  for (const { name } of tables) mkdirSync(join(folder, name), { recursive: true });
  const progress = showProgress("exporting", 0, "rows");
  const kept: Record<string, string> = { ...before.revisions };
  let rows = 0;
  for (const day of wanted) {
    for (const table of tables) {
      rows += await exportDay(
        client,
        join(folder, table.name, `${day.day}.${options.format}`),
        table,
        day,
        options,
        people,
      );
      progress.update(rows);
    }
    kept[day.day] = revisionOf(day.day);
  }
  progress.finish(rows);
  writeState(folder, { tenant: options.tenant, of, lastErase: bounds.lastErase, revisions: kept });
  return {
    days: wanted.length,
    unchangedDays: days.filter(dayExists).length - wanted.length,
    files: wanted.length * tables.length,
    rows,
  };
}

function tablesOf({ tables: named }: ExportCommand): readonly ExportTable[] {
  return named === undefined ? exportTables : exportTables.filter(({ name }) => named.includes(name));
}

/**
 * Business days that are over, unless they are named.
 * @param firstExported the first day that an export before has written, if there was one
 */
function daysOf(
  { tenant: tenantId, from, to, sinceExport }: ExportCommand,
  { timezone, firstMs }: { readonly timezone: string; readonly firstMs: number | null },
  firstExported: string | undefined,
): ExportDay[] {
  const calendar = businessCalendarOf(timezone);
  const today = calendar.dayOf(Date.now());
  const firstStored = firstMs === null ? today : calendar.dayOf(firstMs);
  const first = from ?? (firstExported !== undefined && firstExported < firstStored ? firstExported : firstStored);
  const yesterday = addDays(today, -1);
  const last = to === undefined || (sinceExport === true && to > yesterday) ? yesterday : to;
  const days: ExportDay[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) {
    if (days.length >= maxDays)
      throw new CommandError("invalid_arguments", `More than ${maxDays} days: name --from and --to.`);
    days.push({ tenantId, day, startMs: calendar.startOfDay(day), endMs: calendar.startOfDay(addDays(day, 1)) });
  }
  return days;
}

async function exportDay(
  client: pg.Client,
  path: string,
  table: ExportTable,
  day: ExportDay,
  { format }: ExportCommand,
  people: HiddenPeople | null,
): Promise<number> {
  const file = openExportFile(path, format, table.columns);
  let count = 0;
  for await (const rows of readExportRows(client, table, day)) {
    count += rows.length;
    await file.write(people === null ? rows : rows.map((row) => hide(row, table, people)));
  }
  await file.close();
  return count;
}

function hide(row: ExportRow, { columns }: ExportTable, people: HiddenPeople): ExportRow {
  const nameAt = columns.findIndex(({ name }) => name === "event_name");
  return row.map((text, i) => {
    const { person, type } = columns[i]!;
    if (text === null) return null;
    if (person === true) return people.hash(text);
    if (type !== "json") return text;
    return JSON.stringify(people.clean(row[nameAt] ?? "", JSON.parse(text) as Record<string, unknown>));
  });
}

/** @throws CommandError if the folder holds the files of another tenant: they have the same names */
function readState(folder: string, tenant: string, of: string): ExportState {
  const nothing: ExportState = { tenant, of, lastErase: null, revisions: {} };
  let state: ExportState;
  try {
    state = JSON.parse(readFileSync(join(folder, stateFile), "utf8")) as ExportState;
  } catch {
    return nothing;
  }
  if (state.tenant !== tenant) {
    throw new CommandError(
      "invalid_arguments",
      `${folder} holds an export of tenant "${state.tenant}". Name a folder of its own for tenant "${tenant}".`,
    );
  }
  if (state.of === of) return state;
  // The days stay known: one that is empty now has to lose its rows.
  const revisions = Object.fromEntries(Object.keys(state.revisions).map((day) => [day, otherRevision]));
  return { ...nothing, revisions };
}

function writeState(folder: string, state: ExportState): void {
  const file = join(folder, stateFile);
  writeFileSync(`${file}.part`, JSON.stringify(state));
  renameSync(`${file}.part`, file);
}
