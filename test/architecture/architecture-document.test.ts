import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { locateInRepository } from "../../docs/generate-documents.ts";

const document = readFileSync(locateInRepository("ARCHITECTURE.md"), "utf8");
const roots = ["collector-receiver/src/", "sdk/src/", ""];
const named = [...document.matchAll(/`([\w./*-]+\/|[\w./*-]+\.(?:ts|sql|yaml|md))(?::(\w+))?`/g)];

test("ARCHITECTURE names the rooms and files that exist", () => {
  expect(named.length).toBeGreaterThan(60);
  const gone = named.filter(([, path = ""]) => filesOf(path).length === 0).map(([text]) => text);
  expect(gone).toEqual([]);
});

test("ARCHITECTURE names functions, classes and methods that their file declares", () => {
  const gone = named.filter(([, path = "", name]) => name !== undefined && !declares(path, name)).map(([text]) => text);
  expect(gone).toEqual([]);
  expect(declares("ingest/commit-batch.ts", "commitBatches")).toBe(false);
});

test("ARCHITECTURE can be read in one sitting", () => {
  expect(document.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

function filesOf(path: string): string[] {
  if (path === "spanledger.config.ts") return [path];
  return roots.flatMap((root) => globSync(locateInRepository(root + path)));
}

function declares(path: string, name: string): boolean {
  const declaration = new RegExp(
    `(?:^|\\n)(?:export )?(?:async )?(?:function\\*?|class|const|interface) ${name}\\b|\\n  (?:async )?#?${name}(?:<[^>]*>)?\\(`,
  );
  return filesOf(path).some((file) => declaration.test(readFileSync(file, "utf8")));
}

test.each(["docs/decisions/*.md", "migrations/*_*.sql"])("no two files of %s have one number", (files) => {
  const numbers = globSync(locateInRepository(files)).map((path) => basename(path).slice(0, 4));
  expect(numbers.length).toBeGreaterThan(15);
  expect(numbers.filter((number, place) => numbers.indexOf(number) !== place)).toEqual([]);
});
