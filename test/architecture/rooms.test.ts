import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { exportedNames, repeatedExports } from "../../docs/architecture/check-exported-names.ts";
import { longFunctions, maxFunctionLines } from "../../docs/architecture/long-functions.ts";
import { rooms } from "../../docs/architecture/rooms.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";

const sources = locateInRepository("collector-receiver/src");

test("every folder of the receiver is a room, and every room is a folder with the file it starts at", () => {
  const folders = new Set(globSync("*/**/*.ts", { cwd: sources }).map((file) => file.split("/")[0]));
  folders.delete("cli");
  expect(folders).toEqual(new Set(rooms.map(({ name }) => name)));
  for (const { name, startsAt } of rooms) expect(globSync(`${name}/${startsAt}`, { cwd: sources })).toHaveLength(1);
});

test("allowed imports have no cycle", () => {
  const left = new Map(rooms.map(({ name, mayImport }) => [name, mayImport]));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [name, mayImport] of left) if (!mayImport.some((other) => left.has(other))) left.delete(name);
  }
  expect([...left.keys()]).toEqual([]);
});

test("an import is allowed only if a file needs it", () => {
  const used = importsOfRooms();
  const unused = rooms.flatMap(({ name, mayImport }) =>
    mayImport.filter((other) => !used.has(`${name} ${other}`)).map((other) => `${name} may import ${other}`),
  );
  expect(unused).toEqual([]);
});

test("the linter refuses each import that the table does not allow", () => {
  const { overrides } = JSON.parse(readFileSync(locateInRepository(".oxlintrc.json"), "utf8")) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  for (const { name, mayImport } of rooms) {
    for (const [files, up] of [
      [`collector-receiver/src/${name}/*.ts`, "../"],
      [`collector-receiver/src/${name}/*/*.ts`, "../../"],
    ] as const) {
      const rules = overrides.find((override) => override.files.includes(files))?.rules["no-restricted-imports"];
      const [{ regex }] = (rules as [string, { patterns: [{ regex: string }] }])[1].patterns;
      for (const other of [...rooms.map((room) => room.name), "cli"].filter((room) => room !== name)) {
        expect(new RegExp(regex).test(`${up}${other}/some/file.ts`), `${name} imports ${other}`).toBe(
          !mayImport.includes(other),
        );
      }
      expect(new RegExp(regex).test(`${up}app.ts`), `${name} imports app.ts`).toBe(true);
    }
  }
});

test("each exported name is exported by one file", () => {
  expect(repeatedExports(locateInRepository(""))).toEqual([]);
  const source = "export function a(): void;\nexport async function b() {}\nexport type C = 1;\nexport const d = 2;\n";
  expect([...exportedNames(source)]).toEqual(["a", "b", "C", "d"]);
});

test("a file is excused from short functions only while it has a long one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-lint-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, "oxlintrc.json");
  const rules = { "max-lines-per-function": ["error", { max: maxFunctionLines }] };
  await writeFile(config, JSON.stringify({ categories: { correctness: "off" }, rules }));
  const files = longFunctions.map(({ file }) => file);
  const run = promisify(execFile)("npx", ["oxlint", "-c", config, "--format", "unix", ...files], {
    cwd: locateInRepository(""),
  });
  const said = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  expect(files.filter((file) => !said.includes(`${file}:`))).toEqual([]);
  expect(longFunctions.filter(({ because }) => because.length < 30)).toEqual([]);
});

/** @returns "room other" for each room that a file of another room imports */
function importsOfRooms(): Set<string> {
  const used = new Set<string>();
  for (const file of globSync("*/**/*.ts", { cwd: sources })) {
    const [room = "", ...rest] = file.split("/");
    const up = "../".repeat(rest.length);
    for (const [, target = ""] of readFileSync(`${sources}/${file}`, "utf8").matchAll(/"((?:\.\.\/)+[^"]+)"/g)) {
      if (target.startsWith(up) && !target.startsWith(`${up}../`)) {
        used.add(`${room} ${target.slice(up.length).split("/")[0]}`);
      }
    }
  }
  return used;
}
