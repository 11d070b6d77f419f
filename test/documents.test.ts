import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { generatedDocuments, locateInRepository } from "../docs/generate-documents.ts";

describe("generated documents", () => {
  test.each(generatedDocuments.map((document) => [document.path, document] as const))(
    "%s is what its source gives now (else: npm run docs)",
    async (path, { generate }) => {
      expect(await readFile(locateInRepository(path), "utf8")).toBe(await generate());
    },
  );
});

test("docs/production.md names alerts that there are", async () => {
  const text = await readFile(locateInRepository("docs/production.md"), "utf8");
  const rules = await readFile(locateInRepository("deploy/prometheus/alerts.yaml"), "utf8");
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const named = [...text.matchAll(/`(Spanledger\w+)`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !alerts.includes(name))).toEqual([]);
});
