import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const document = await readFile(new URL("docs/plan.md", root), "utf8");

test("every file that docs/plan.md names exists", () => {
  const paths = [...document.matchAll(/`([\w.-]+\/[\w./-]+\.\w+)`/g)].map(([, path]) => path!);
  // The plan's own Python files are named too, as what they were.
  const ours = paths.filter((path) => !path.endsWith(".py"));
  expect(ours.length).toBeGreaterThan(60);
  expect([...new Set(ours)].filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([]);
});

test("every step has a row, and its test is in the file that the row names", async () => {
  const steps = [...document.matchAll(/^\| (\d+) .*$/gm)];
  expect(steps.map(([, number]) => Number(number))).toEqual(Array.from({ length: 15 }, (_, place) => place + 1));
  for (const [row, number] of steps) {
    const [, file, title] = /`(test\/end-to-end\/[\w.-]+)` “(step \d+:)”/.exec(row)!;
    expect(title).toBe(`step ${number}:`);
    const source = await readFile(new URL(file!, root), "utf8");
    expect(source, `${file} has no test for step ${number}`).toMatch(
      new RegExp(`(?:test|describe)\\("step ${number}:`),
    );
  }
});
