import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import { expect, test } from "vitest";
import { reportFontFolder } from "../../../collector-receiver/src/web/export/report-fonts.ts";
import { reportTemplate } from "../../../collector-receiver/src/web/export/report-template.ts";

const compiler = NodeCompiler.create({ fontArgs: [{ fontPaths: [reportFontFolder] }] });
const spark =
  '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="44" viewBox="0 0 240 44"><path d="M0 0L9 9" stroke="#000"/></svg>';
const figure = { name: "First response, p50", value: "19 sec", known: true, change: "2 sec slower", aside: "of 30" };
const names = (word: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${word}-${i}-row`);

/** The texts of each page of a report with so many definitions, and so many rows in the table of a chart. */
function pagesOf(definitions: number, rows: number, tenant: string | null = "Northwind"): string[] {
  const report = {
    title: "Report",
    lang: "en",
    region: "us",
    sample: null,
    asOf: "As of today",
    timezone: "Days",
    tenant,
    status: "Final",
    completeness: "100%",
    strip: [1, 2, 3, 4, 5].map((i) => ({ ...figure, name: `Key ${i}`, asides: ["beside"], svg: spark })),
    stripNote: "Lines",
    storyTitle: "Summary",
    story: "A month.",
    notesTitle: "Notes",
    notes: ["one"],
    outcomesTitle: "Outcomes",
    outcomes: [
      { name: "All", depth: 0, count: "9", share: "100%", percent: 100, isLeak: false },
      { name: "Lost", depth: 1, count: "1", share: "11%", percent: 11.1, isLeak: true },
    ],
    moreTitle: "More figures",
    groups: [{ title: "Group", missing: null, figures: [figure, figure, figure], more: [figure, figure, figure] }],
    chartsTitle: "Charts",
    charts: [
      { title: "Chart", summary: "", svg: spark, columns: ["a", "b"], rows: names("c", rows).map((n) => [n, "1"]) },
      { title: "Wide", summary: "", svg: null, columns: ["a", "b"], rows: names("w", rows).map((n) => [n, "1"]) },
    ].map((chart, i) => ({ ...chart, wide: i === 1 })),
    definitionsTitle: "Definitions",
    dataTitle: "Data",
    definitionColumns: ["Figure", "Definition", "Parts", "Version"],
    definitions: names("d", definitions).map((name) => ({
      name,
      meaning: "What it means. ".repeat(4),
      formula: "a / b",
      parts: "a = 1\nb = 2",
      version: "1",
    })),
  };
  const svg = compiler.svg({ mainFileContent: reportTemplate, inputs: { report: JSON.stringify(report) } });
  return svg
    .split('class="typst-page"')
    .slice(1)
    .map((page) => [...page.matchAll(/class="tsel"[^>]*>([^<]*)/g)].map(([, text]) => text).join(""));
}

const countOf = (page: string, word: string): number => new Set(page.match(new RegExp(`${word}-\\d+-row`, "g"))).size;

test("no page has one or two rows of a table, however many there are", { timeout: 120_000 }, () => {
  for (let rows = 1; rows <= 60; rows += 1) {
    const pages = pagesOf(rows, rows);
    for (const word of ["d", "w", "c"]) {
      const counts = pages.map((page) => countOf(page, word)).filter((count) => count > 0);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
      expect(Math.min(...counts), `${rows} rows of ${word}: ${counts.join(", ")}`).toBeGreaterThanOrEqual(
        Math.min(3, rows),
      );
    }
  }
});

test("the outcomes stand on the first page, each with its count and share", () => {
  expect(pagesOf(3, 3)[0]).toContain("OutcomesAll9100%Lost111%");
});

test("every page has its number and the tenant's name", () => {
  for (const tenant of ["Northwind", "北风", null]) {
    const pages = pagesOf(60, 60, tenant);
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((page, i) => {
      const source = tenant === null ? "Report" : `${tenant} · Report`;
      expect(page.endsWith(`${source} · As of today${i + 1} / ${pages.length}`), page.slice(-60)).toBe(true);
    });
  }
});
