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
