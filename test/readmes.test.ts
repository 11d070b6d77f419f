import { access, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { locateInRepository } from "../docs/generate-documents.ts";

const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");

/** What a README says apart from its words: headings' levels, commands and code, links, names in code, figures of lists. */
function skeletonOf(text: string): Record<string, unknown> {
  const blocks = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language, code = ""]) =>
    // A drawing has words of its own, a comment too.
    language === "" ? "a drawing" : code.replaceAll(/ +#.*$/gm, ""),
  );
  const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
  const sorted = (pattern: RegExp): string[] => [...prose.matchAll(pattern)].map(([, found = ""]) => found).toSorted();
  return {
    headings: sorted(/^(#+) /gm),
    blocks,
    links: sorted(/\]\(([^)]+)\)/g).filter((link) => !link.startsWith("README") && !link.startsWith("docs/pictures/")),
    addresses: sorted(/<(http[^>]+)>/g),
    // A table's cell or a sentence may name a thing once more in one language.
    names: [...new Set(sorted(/`([^`\n]+)`/g))],
    numbered: sorted(/^(\d+)\. /gm),
    rows: sorted(/^(\|) /gm),
  };
}

test("both READMEs have the same sections, commands, links and names", async () => {
  expect(skeletonOf(await read("README.zh-CN.md"))).toEqual(skeletonOf(await read("README.md")));
});

test.each(["README.md", "README.zh-CN.md"])("%s links to files that are there", async (path) => {
  const links = [...(await read(path)).matchAll(/\]\((?!http)([^)#]+)[^)]*\)/g)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(20);
  for (const link of links) await access(locateInRepository(link));
});

test.each(["README.md", "README.zh-CN.md"])("%s is read in one sitting: at most 150 lines", async (path) => {
  expect((await read(path)).split("\n").length).toBeLessThanOrEqual(151);
});
