import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { locateInRepository } from "../../docs/generate-documents.ts";

const privateMember = /^\s+(?:(?:declare|static|readonly|override|async)\s+)*private\s+(?:\w+\s+)*[\w*#(]/m;

test("private members are written #name", () => {
  const files = globSync("{collector-receiver,sdk,bench,test,examples,docs,deploy,dashboards}/**/*.ts", {
    cwd: locateInRepository(""),
    exclude: ["**/node_modules", "**/dist", "test/sdk/products"],
  });
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => privateMember.test(readFileSync(locateInRepository(file), "utf8")))).toEqual([]);
  for (const line of ["private at = 0;", "declare private readonly at: number;", "private constructor() {}"]) {
    expect(privateMember.test(`class A {\n  ${line}\n}`), line).toBe(true);
  }
});
