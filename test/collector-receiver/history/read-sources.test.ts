import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCsv } from "../../../collector-receiver/src/history/read-csv.ts";
import { openJsonLines } from "../../../collector-receiver/src/history/read-json-lines.ts";
import { splitRecord } from "../../../collector-receiver/src/history/split-record.ts";
import type { RowSource, SourceRow } from "../../../collector-receiver/src/history/source-row.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spanledger-sources-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function all(source: RowSource): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of source.batches) rows.push(...batch);
  return rows;
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

const csv = { delimiter: ",", encoding: "utf-8" };

describe("CSV", () => {
  test("a byte order mark, CRLF, quotes, line ends in fields and an end without a line feed are read", async () => {
    const content = '\uFEFF id ,text\r\n1,"a ""b"", c"\r\n2,"two\r\nlines"\n\n3,\n"4","x"';
    const source = await openCsv(await write("all.csv", content), csv);
    expect(source.columns).toEqual(["id", "text"]);
    expect(await all(source)).toEqual([
      { place: 2, fields: { id: "1", text: 'a "b", c' } },
      { place: 3, fields: { id: "2", text: "two\r\nlines" } },
      { place: 6, fields: { id: "3", text: "" } },
      { place: 7, fields: { id: "4", text: "x" } },
    ]);
  });

  test("a wrong record is named by its line, and the next line is read", async () => {
    const content = 'id,text\n1,a,b\n2,"x"y\n3,a"b\n4,ok\n5,"never closed\n6,last';
    const rows = await all(await openCsv(await write("wrong.csv", content), csv));
    expect(rows).toEqual([
      { place: 2, problem: "has 3 fields, and the header has 2" },
      { place: 3, problem: expect.stringContaining("behind a closing quote") },
      { place: 4, problem: expect.stringContaining("put the field into quotes") },
      { place: 5, fields: { id: "4", text: "ok" } },
      { place: 6, problem: "has a quote that is not closed" },
      { place: 7, fields: { id: "6", text: "last" } },
    ]);
  });

  test.each([
    ["within quotes", '"'],
    ["without quotes", ""],
  ])("a record of some MiB %s is one problem, and does not stay in memory", async (_, quote) => {
    const huge = `id,text\n1,${quote}${"x".repeat(5_000_000)}${quote}\n2,small\n`;
    const rows = await all(await openCsv(await write("huge.csv", huge), csv));
    expect(rows).toEqual([
      { place: 2, problem: expect.stringContaining("more than 1048576 characters") },
      { place: 3, fields: { id: "2", text: "small" } },
    ]);
  });

  test("bytes of another encoding are a problem of their record, and are read if the encoding is named", async () => {
    const bytes = Buffer.concat([
      Buffer.from("id,text\n1,"),
      Buffer.from([0xbf, 0xcd, 0xb7, 0xfe]),
      Buffer.from("\n2,a\n"),
    ]);
    const file = await write("gb.csv", bytes);
    expect(await all(await openCsv(file, csv))).toEqual([
      { place: 2, problem: expect.stringContaining("gb18030") },
      { place: 3, fields: { id: "2", text: "a" } },
    ]);
    const [first] = await all(await openCsv(file, { ...csv, encoding: "gb18030" }));
    expect(first).toEqual({ place: 2, fields: { id: "1", text: "客服" } });
  });

  test.each([
    ["", "is empty"],
    ["a,b,a\n1,2,3\n", 'two columns "a"'],
    ['a,"b\n', "a quote that is not closed"],
  ])("a header %j is refused", async (content, words) => {
    await expect(openCsv(await write("header.csv", content), csv)).rejects.toThrow(words);
  });

  test("gives back what was quoted by the rules of RFC 4180, wherever the text is cut", async () => {
    const field = fc.string({ unit: fc.constantFrom("a", "客", '"', ",", ";", "\n", "\r\n", " ", "😀"), maxLength: 8 });
    const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 });
    const lineEnds = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(table, lineEnds, fc.constantFrom(",", ";"), fc.nat(), (rows, lineEnd, delimiter, cut) => {
        const text = rows.map((row) => `${row.map(quoted).join(delimiter)}${lineEnd}`).join("");
        const read: string[][] = [];
        let at = 0;
        const take = (part: string, isLast: boolean): void => {
          while (at < part.length) {
            const record = splitRecord(part, at, delimiter, isLast);
            if (record === "incomplete") return;
            if ("problem" in record) throw new Error(record.problem);
            read.push([...record.fields]);
            at = record.end;
          }
        };
        take(text.slice(0, cut % (text.length + 1)), false);
        take(text, true);
        expect(read).toEqual(rows);
      }),
    );
  });

  test("any text ends, and each line is read or named", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r"), maxLength: 40 });
    fc.assert(
      fc.property(text, (content) => {
        for (let at = 0; at < content.length;) {
          const record = splitRecord(content, at, ",", true);
          expect(record).not.toBe("incomplete");
          if (typeof record === "string") return;
          const next = "problem" in record ? content.indexOf("\n", at) + 1 || content.length : record.end;
          expect(next).toBeGreaterThan(at);
          at = next;
        }
      }),
    );
  });
});

describe("JSON lines", () => {
  test("wrong lines are named, numbers keep their digits, and a last line needs no line feed", async () => {
    const content = '{"id":1}\r\n\n[1]\n{"id":\n{"id":12345678901234567890}\n{"id":2}';
    const rows = await all(openJsonLines(await write("all.jsonl", content), csv));
    expect(rows).toMatchObject([
      { place: 1, fields: { id: 1 } },
      { place: 3, problem: "is not a JSON object" },
      { place: 4, problem: expect.stringContaining("is not JSON") },
      { place: 5, fields: { id: { text: "12345678901234567890" } } },
      { place: 6, fields: { id: 2 } },
    ]);
  });

  test("a line of some MiB is one problem", async () => {
    const content = `{"id":1}\n{"id":"${"x".repeat(5_000_000)}"}\n{"id":2}\n`;
    expect(await all(openJsonLines(await write("huge.jsonl", content), csv))).toMatchObject([
      { place: 1 },
      { place: 2, problem: expect.stringContaining("more than 1048576 characters") },
      { place: 3, fields: { id: 2 } },
    ]);
  });
});
