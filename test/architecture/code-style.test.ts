import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { locateInRepository } from "../../docs/generate-documents.ts";

const privateMember = /^\s+(?:(?:declare|static|readonly|override|async)\s+)*private\s+(?:\w+\s+)*[\w*#(]/m;
/** `[, , rules]`: a reader has to count. One place left out of a pair or of a match's groups is clear. */
const positionalHole = /(?:const|let) \[[^\]=]*,\s*,[^\]=]*\]\s*=|\(\[[^\]=]*,\s*,[^\]=]*\]\)\s*=>/;
/** The name of a constant as other languages write it. Units such as `MiB` are no such names. */
const shoutedConstant = /^(?:export )?const [A-Z][A-Z0-9_]{2,}\b/m;
/** A table of ours in a statement. */
const statement = /\b(?:from|join|into|update)\s+(?:public\.)?analytics_\w+/;

test("private members are written #name", () => {
  expect(filesWith(privateMember)).toEqual([]);
  for (const line of ["private at = 0;", "declare private readonly at: number;", "private constructor() {}"]) {
    expect(privateMember.test(`class A {\n  ${line}\n}`), line).toBe(true);
  }
});

test("no array is taken apart by counting", () => {
  expect(filesWith(positionalHole)).toEqual([]);
  expect(positionalHole.test("const [, , rules] = await all;")).toBe(true);
  expect(positionalHole.test("all.map(([name, , id]) => id)")).toBe(true);
});

test("constants are written as all names are", () => {
  expect(filesWith(shoutedConstant)).toEqual([]);
  expect(shoutedConstant.test("export const MAX_BYTES = 5;")).toBe(true);
});

test("statements stand in storage/ and stats/sql/, and in the doctor's checks what nobody else asks", () => {
  const withStatements = filesWith(statement).filter(
    (file) =>
      file.startsWith("collector-receiver/src/") && !/^.*?\/src\/(storage|stats\/sql|operating\/doctor)\//.test(file),
  );
  expect(withStatements).toEqual([]);
});

/** Our sources and tests that hold a text, comments left out. */
function filesWith(text: RegExp): string[] {
  const files = globSync("{collector-receiver,sdk,bench,test,examples,docs,deploy,dashboards}/**/*.ts", {
    cwd: locateInRepository(""),
    exclude: ["**/node_modules", "**/dist", "test/sdk/products", "test/architecture"],
  });
  expect(files.length).toBeGreaterThan(500);
  return files.filter((file) => {
    const source = readFileSync(locateInRepository(file), "utf8");
    return text.test(source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ""));
  });
}
