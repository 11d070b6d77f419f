import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { exportedNames, repeatedExports } from "../../docs/architecture/check-exported-names.ts";
import { longFunctions, maxFunctionLines } from "../../docs/architecture/long-functions.ts";
import { rooms } from "../../docs/architecture/rooms.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";

const sources = locateInRepository("collector-receiver/src");

const howToAllow = "move the code, or change docs/architecture/rooms.ts and run `npm run docs`";

test("every folder of the receiver is a room, and every room is a folder with the file it starts at", () => {
  const folders = new Set(globSync("*/**/*.ts", { cwd: sources }).map((file) => file.split("/")[0]));
  folders.delete("cli");
  const says = "name each folder of collector-receiver/src in docs/architecture/rooms.ts, then run `npm run docs`";
  expect(folders, says).toEqual(new Set(rooms.map(({ name }) => name)));
  const starts = rooms.map(({ name, startsAt }) => `${name}/${startsAt}`);
  const gone = starts.filter((file) => globSync(file, { cwd: sources }).length !== 1);
  expect(gone, "name another file in `startsAt` of docs/architecture/rooms.ts").toEqual([]);
});

test("no folder of a room has folders, where the linter would not look at imports", () => {
  const deep = globSync("*/*/*/**/*.ts", { cwd: sources });
  expect(deep, "move these files up: a room has folders of one level").toEqual([]);
});

test("allowed imports have no cycle", () => {
  const left = new Map(rooms.map(({ name, mayImport }) => [name, mayImport]));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [name, mayImport] of left) if (!mayImport.some((other) => left.has(other))) left.delete(name);
  }
  expect([...left.keys()], "these rooms import each other in a ring: take one of their `mayImport` away").toEqual([]);
});

test("an import is allowed only if a file needs it", () => {
  const used = new Set(importsOfRooms().map(({ room, other }) => `${room} ${other}`));
  const unused = rooms.flatMap(({ name, mayImport }) =>
    mayImport.filter((other) => !used.has(`${name} ${other}`)).map((other) => `${name} may import ${other}`),
  );
  expect(unused, "no file does: take it out of docs/architecture/rooms.ts and run `npm run docs`").toEqual([]);
});

test("no file imports what its room may not, however the import is written", () => {
  const allowed = new Map(rooms.map(({ name, mayImport }) => [name, mayImport]));
  const offences = importsOfRooms()
    .filter(({ room, other }) => room !== other && allowed.get(room)?.includes(other) === false)
    .map(({ file, room, other }) => `${file}: ${room}/ may not import ${other}/; ${howToAllow}`);
  expect(offences).toEqual([]);
});

test("the linter refuses each import that the table does not allow, and rings of files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-lint-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(locateInRepository(".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  const root = join(folder, "collector-receiver/src");
  const expected: string[] = [];
  for (const { name, mayImport, pure } of rooms) {
    for (const [path, up] of [
      [`${name}/try.ts`, "../"],
      [`${name}/folder/try.ts`, "../../"],
    ] as const) {
      const others = [...rooms.map((room) => room.name), "cli"].filter((other) => other !== name);
      const targets = [
        ...others.map((other) => [`${up}${other}/some/file.ts`, mayImport.includes(other)] as const),
        [`${up}app.ts`, false],
        [`${up}invariant-error.ts`, true],
        [`${up}${name}/other.ts`, true],
        ["./app.ts", true],
        ...["pg", "fastify", "node:fs", "node:fs/promises", "node:net"].map(
          (target) => [target, pure !== true] as const,
        ),
      ] as const;
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), targets.map(([target]) => `import ${JSON.stringify(target)};\n`).join(""));
      expected.push(...targets.filter(([, allowed]) => !allowed).map(([target]) => `${path} ${target}`));
    }
  }
  await writeFile(join(root, "web/ring-a.ts"), 'import type { B } from "./ring-b.ts";\nexport type A = B;\n');
  await writeFile(join(root, "web/ring-b.ts"), 'import type { A } from "./ring-a.ts";\nexport type B = A | null;\n');
  const said = await lint(["--format", "unix"], folder);
  const refused = said.matchAll(/src\/(\S+?):\d+:\d+: '(\S+)' import is restricted/g);
  expect(new Set(Array.from(refused, ([, path, target]) => `${path} ${target}`))).toEqual(new Set(expected));
  expect(said).toMatch(/ring-a\.ts:.*import\(no-cycle\)/);
});

test("each exported name is exported by one file", () => {
  expect(repeatedExports(locateInRepository("")), "rename one of them, or export it once").toEqual([]);
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
  const said = await lint(["-c", config, "--format", "unix", ...files], locateInRepository(""));
  const excused = files.filter((file) => !said.includes(`${file}:`));
  expect(excused, "its functions are short: take it out of docs/architecture/long-functions.ts").toEqual([]);
  const unexplained = longFunctions.filter(({ because }) => because.length < 30).map(({ file }) => file);
  expect(unexplained, "say in docs/architecture/long-functions.ts why its function is not split").toEqual([]);
});

/** @returns what the linter says, of errors too */
async function lint(options: readonly string[], cwd: string): Promise<string> {
  const linter = locateInRepository("node_modules/.bin/oxlint");
  return promisify(execFile)(linter, options, { cwd, maxBuffer: 2 ** 25 }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

interface RoomImport {
  readonly file: string;
  readonly room: string;
  readonly other: string;
}

/** Each import of a file of another folder: static, dynamic, of types, or by the name of the package. */
function importsOfRooms(): RoomImport[] {
  return globSync("*/**/*.ts", { cwd: sources }).flatMap((file) => {
    const [room = ""] = file.split("/");
    const source = readFileSync(`${sources}/${file}`, "utf8");
    const specifiers = source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*(?:\/\*.*?\*\/\s*)?["'`]([^"'`]+)["'`]/g);
    return Array.from(specifiers, ([, specifier = ""]) => {
      const path = specifier.startsWith(".")
        ? posix.join(posix.dirname(file), specifier)
        : specifier.replace(/^@spanledger\/collector-receiver\/?/, "");
      return { file, room, other: path === specifier || !path.includes("/") ? room : (path.split("/")[0] as string) };
    });
  });
}
