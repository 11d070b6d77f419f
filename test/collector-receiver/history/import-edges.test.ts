import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ImportPositions, positionOf } from "../../../collector-receiver/src/history/import-position.ts";
import { readMapping } from "../../../collector-receiver/src/history/read-mapping.ts";
import { openSourceTable } from "../../../collector-receiver/src/storage/source/read-source-table.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { makeImportWorld, verifyImported } from "./import-world.ts";

const chats = {
  source: "chats",
  key: "id",
  time: "at",
  events: [{ event: { column: "name" }, spread: "data" }],
};
const line = (id: unknown, data: object, at: unknown = "2025-12-25T10:00:00Z", name = "session.start"): string =>
  JSON.stringify({ id, name, at, data: { session_id: `s-${String(id)}`, ...data } });

test("a dry run writes nothing: no settings, no position, no event, no claim, no rejection", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", chats);
  const file = await world.write("chats.jsonl", [line(1, {}), line(2, { session_id: 5 })].join("\n"));
  const { pool } = world.database;
  const stored = async () =>
    (
      await pool.query(
        `select (select count(*) from analytics_settings) + (select count(*) from analytics_costs) as settings,
           (select count(*) from analytics_events) as events, (select count(*) from analytics_event_ids) as claims,
           (select count(*) from analytics_rejected_events) as rejected, (select count(*) from analytics_audit) as audit`,
      )
    ).rows[0];
  const nothing = { settings: "0", events: "0", claims: "0", rejected: "0", audit: "0" };
  expect(await stored()).toEqual(nothing);
  for (const more of [[], ["--until", "2025-12-26"], ["--resume"]]) {
    const { code, report, stderr } = await world.run(file, "--mapping", mapping, "--dry-run", ...more);
    expect({ code, imported: report.imported, rejected: report.rejected }, stderr).toEqual({
      code: 1,
      imported: 1,
      rejected: 1,
    });
    expect(await stored()).toEqual(nothing);
    expect(existsSync(join(world.folder, "imports"))).toBe(false);
  }
  // A day of --until is one of the timezone that the tenant would get: midnight in Shanghai is 16:00 UTC.
  const late = await world.write("late.jsonl", line(3, {}, "2025-12-25T17:00:00Z"));
  const environment = { ...world.environment, BUSINESS_TIMEZONE: "Asia/Shanghai" };
  Object.assign(world.environment, environment);
  const { report } = await world.run(late, "--mapping", mapping, "--dry-run", "--until", "2025-12-26");
  expect(report).toMatchObject({ imported: 0, afterCutOver: 1 });
});

test("values and times beyond what the wire holds are told, and the rest of the import is whole", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", {
    ...chats,
    events: [{ event: "ticket.created", spread: "data", attributes: { ticket_id: { column: "id" } } }],
    time: { column: "at", format: "unix_ms" },
  });
  const at = Date.UTC(2025, 11, 25);
  const raw = (id: string, when: string, data: string): string => `{"id":${id},"at":${when},"data":${data}}`;
  const lines = [
    raw("1", String(at), '{"agent_id":2147483648}'),
    raw("2147483648", String(at), "{}"),
    raw("3", String(at), '{"weight":1e400,"exact":9007199254740993,"beyond":123456789012345678901234567890}'),
    raw("4", "9300000000000", "{}"),
    raw("5", "1e18", "{}"),
    raw("6", "-5", "{}"),
    raw("7", "true", "{}"),
    raw("8", '"0x10"', "{}"),
    raw("9", String(at), '{"note":"\\ud800","list":[{"\\udfff":1}]}'),
    raw("10", String(at), '{"list":[{"\\udfff":1}]}'),
    raw("11", `"${at}"`, '{"note":"\\ud83d\\ude00"}'),
  ];
  const file = await world.write("tickets.jsonl", lines.join("\n"));
  const { code, report, stderr } = await world.run(file, "--mapping", mapping);
  expect({ code, stderr: stderr === "" ? "" : stderr }).toMatchObject({ code: 1 });
  expect(report).toMatchObject({ rows: 11, imported: 3, unreadable: 7, rejected: 1 });
  expect(report.problems.map(({ place, text }) => [place, text])).toEqual([
    [2, expect.stringContaining("ticket_id")],
    [4, "its time lies after 2261"],
    [5, "its time lies after 2261"],
    [6, "its time lies before 1970"],
    [7, expect.stringContaining("at is true, which is not a time")],
    [8, expect.stringContaining('at is "0x10", which is not a time')],
    [9, expect.stringContaining('"note" has half of a character')],
    [10, expect.stringContaining('"list" has half of a character')],
  ]);
  expect(report.leftOut).toEqual({ "ticket.created agent_id (out_of_range)": 1 });
  const { rows } = await world.database.pool.query(
    "select ticket_id, event_data::text from analytics_events order by ticket_id",
  );
  expect(rows.map(({ ticket_id }) => ticket_id)).toEqual([1, 3, 11]);
  expect(rows[1].event_data).toContain('"exact": 9007199254740993');
  // As OTLP writes a double that JSON has no number for.
  expect(rows[1].event_data).toContain('"weight": "Infinity"');
  expect(rows[2].event_data).toContain("😀");
  await verifyImported(world);
});

test("a mapping file that is not UTF-8 is refused", async () => {
  const world = await makeImportWorld();
  const text = JSON.stringify({ ...chats, key: "编号" });
  expect(await readMapping(await world.write("utf8.json", text))).toMatchObject({ key: "编号" });
  const bytes = Buffer.concat([Buffer.from('{"source":"chats","key":"'), Buffer.from([0xb1, 0xe0]), Buffer.from('"}')]);
  await expect(readMapping(await world.write("gbk.json", bytes))).rejects.toThrow("UTF-8");
});

test("an import does not go on in a file whose rows before the position are other ones, or fewer", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", chats);
  const lines = Array.from({ length: 6 }, (_, i) => line(i + 1, {}));
  const file = await world.write("chats.jsonl", lines.join("\n"));
  const command = [file, "--mapping", mapping] as const;
  expect((await world.run(...command)).report).toMatchObject({ imported: 6 });
  const position = join(world.folder, "imports", "chats-default.json");
  /** As if the import had stopped behind the third row. */
  const stopped = async (): Promise<void> => {
    const content = await readMapping(mapping);
    const { identify } = await import("../../../collector-receiver/src/history/open-source.ts");
    const positions = new ImportPositions(join(world.folder, "imports"), "chats-default", [
      await identify(file, content),
      JSON.stringify(content),
      "",
      "default",
      "",
    ]);
    const last = { place: 3, fields: JSON.parse(lines[2]!) as Record<string, unknown> };
    positions.write(() => positionOf(3, last, undefined));
    expect(existsSync(position)).toBe(true);
  };
  await mkdir(join(world.folder, "imports"), { recursive: true });
  await stopped();
  await writeFile(file, [...lines, line(7, {})].join("\n"));
  const grown = await world.run(...command, "--resume");
  expect(grown.report).toMatchObject({ rows: 7, imported: 1, known: 3 });
  for (const changed of [
    [lines[0], ...lines],
    [lines[0], lines[1], line(9, {}), ...lines.slice(3)],
    lines.slice(0, 2),
  ]) {
    await stopped();
    await writeFile(file, changed.join("\n"));
    const refused = await world.run(...command, "--resume");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("[cannot_resume]") });
  }
});

test("a table is read on behind a key without losing rows whose key is null, and no position stands at such a row", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  await pool.query(`
    create table chats (a int, b text, n int);
    insert into chats values (1, 'x', 1), (1, 'z', 2), (1, null, 3), (2, 'a', 4), (2, null, 5), (null, 'a', 6), (null, null, 7)`);
  const read = async (after: readonly string[] | undefined): Promise<unknown[]> => {
    const table = await openSourceTable({ connectionString, table: "chats", key: ["a", "b"], after });
    const seen: unknown[] = [];
    for await (const rows of table.batches) seen.push(...rows.map(({ n }) => n));
    await table.close();
    return seen;
  };
  expect(await read(undefined)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await read(["1", "x"])).toEqual([2, 3, 4, 5, 6, 7]);
  expect(await read(["1", "z"])).toEqual([3, 4, 5, 6, 7]);
  expect(await read(["2", "a"])).toEqual([5, 6, 7]);
  const at = (a: unknown, b: unknown) => positionOf(9, { place: 9, fields: { a, b } }, ["a", "b"]);
  expect(at(1, "x")).toEqual({ rows: 9, key: ["1", "x"] });
  expect(at(1, "")).toEqual({ rows: 9, key: ["1", ""] });
  expect([at(1, null), at(null, "x"), at(1, { x: 1 }), at(1, Buffer.of(255))]).toEqual(Array(4).fill(undefined));
  expect(positionOf(9, { place: 9, problem: "is not JSON" }, ["a", "b"])).toBe(undefined);
});
