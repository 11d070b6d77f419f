import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeBenchOptions, readBenchOptions } from "../../bench/read-options.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";

test("the bench describes every option that the documents name, and refuses others", () => {
  const page = readFileSync(locateInRepository("docs/performance.md"), "utf8");
  const calls = [...page.matchAll(/npm run bench -- ([^`\n#]+)/g)].map(([, args = ""]) => args.trim());
  expect(calls.length).toBeGreaterThan(5);
  for (const [option] of calls.join(" ").matchAll(/--[\w-]+/g)) {
    expect(describeBenchOptions()).toMatch(new RegExp(`^  ${option} `, "m"));
  }
  expect(readBenchOptions(["--only", "one-sender", "--rounds", "7"])).toMatchObject({
    only: "one-sender",
    rounds: "7",
  });
  expect(() => readBenchOptions(["--onyl", "x"])).toThrow("--onyl");
});
