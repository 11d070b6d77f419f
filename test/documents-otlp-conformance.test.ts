import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { locateInRepository } from "../docs/generate-documents.ts";

const folder = "test/collector-receiver/receiving/";

test("every test that docs/otlp-conformance.md names is there, under that name", async () => {
  const text = await readFile(locateInRepository("docs/otlp-conformance.md"), "utf8");
  const rows = text.split("\n").filter((line) => /^\| (?!Section|---)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const cells = row.split(" | ");
    expect(cells, row).toHaveLength(3);
    const [, file = "", title = ""] = /^`([^`]+)`: (.+?)\s*\|$/.exec(cells[2] ?? "") ?? [];
    expect([row, file, title]).not.toContain("");
    const source = await readFile(locateInRepository(file.includes("/") ? file : folder + file), "utf8");
    expect(source, row).toMatch(
      new RegExp(`(test|describe)(\\.each)?\\([\\s\\S]*?"${title.replaceAll(/[^\w\s]/g, "\\$&")}"`),
    );
  }
});
