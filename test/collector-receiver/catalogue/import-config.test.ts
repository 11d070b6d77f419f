import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { findDefinitionsFile } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";

/** Loads each file of a list as the receiver does, and prints their metrics or what was wrong. Vite resolves imports its own way. */
const program = `
  const { loadDefinitions } = await import(process.argv[1]);
  const outcomes = [];
  for (const file of JSON.parse(process.argv[2])) {
    const loaded = loadDefinitions(file, new Set());
    outcomes.push(await loaded.then(({ metrics }) => Object.keys(metrics).join(), (error) => error.message));
  }
  process.stdout.write(JSON.stringify(outcomes));
`;

async function load(files: readonly string[]): Promise<{ outcomes: string[]; stderr: string }> {
  const loader = locateInRepository("collector-receiver/src/catalogue/load-definitions.ts");
  const words = ["--conditions=spanledger-source", "--input-type=module", "--eval", program, loader];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...words, JSON.stringify(files)]);
  return { outcomes: JSON.parse(stdout) as string[], stderr };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function newFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** Another version of us, as a product may have installed it. */
function installOldVersion(folder: string): void {
  const old = join(folder, "node_modules/@spanledger/collector-receiver");
  write(join(old, "package.json"), JSON.stringify({ name: "@spanledger/collector-receiver", exports: "./old.js" }));
  write(join(old, "old.js"), "throw new Error('another version');");
}

const metric = `{ metrics: { logins: { kind: "count", event: "agent.login", en: text, zh: "登录" } } }`;
const typed = `
  // It begins with something that only TypeScript knows.
  type Text = string;
  import { defineSpanledger } from "@spanledger/collector-receiver";
  import { text } from "./text.EXTENSION";
  const given: Text = text;
  export default defineSpanledger(${metric.replace("text", "given")});
`;
const plain = `
  import { defineSpanledger } from "@spanledger/collector-receiver";
  import { text } from "./text.EXTENSION";
  export default defineSpanledger(${metric});
`;

/** Each kind of package.json, beside another version of us or not, with a config in each kind of file. */
function layOut(folder: string): string[] {
  const files: string[] = [];
  for (const type of ["none", "absent", "commonjs", "module"]) {
    for (const beside of ["nothing", "another-version"]) {
      for (const extension of ["mts", "ts", "mjs", "js"]) {
        const product = join(folder, type, beside, extension);
        const source = extension.endsWith("ts") ? typed : plain;
        write(join(product, `spanledger.config.${extension}`), source.replace("EXTENSION", extension));
        write(join(product, `text.${extension}`), `export const text = "Logins";\n`);
        if (type !== "none") write(join(product, "package.json"), JSON.stringify(type === "absent" ? {} : { type }));
        if (beside === "another-version") installOldVersion(product);
        files.push(join(product, `spanledger.config.${extension}`));
      }
    }
  }
  return files;
}

test("a config loads from any package, beside any version of us, in any kind of file, and Node has nothing to warn of", async () => {
  const files = layOut(newFolder());
  expect(files).toHaveLength(32);
  const { outcomes, stderr } = await load(files);
  expect(
    files.filter((_, index) => outcomes[index] !== "logins").map((file, index) => [file, outcomes[index]]),
  ).toEqual([]);
  expect(stderr).toBe("");
});

test("a minified config loads below a CommonJS package", async () => {
  const folder = newFolder();
  write(join(folder, "package.json"), JSON.stringify({ type: "commonjs" }));
  const file = join(folder, "spanledger.config.js");
  write(file, `const text="Logins",a=${metric.replaceAll(/ (?=[^"]*(?:"[^"]*"[^"]*)*$)/g, "")};export{a as default};`);
  expect(await load([file])).toEqual({ outcomes: ["logins"], stderr: "" });
});

test("a config in CommonJS loads beside another version of us", async () => {
  const folder = newFolder();
  installOldVersion(folder);
  write(join(folder, "package.json"), JSON.stringify({ type: "commonjs" }));
  const file = join(folder, "spanledger.config.js");
  const text = `const text = "Logins";`;
  write(
    file,
    `const { defineSpanledger } = require("@spanledger/collector-receiver");\n${text}\nmodule.exports = defineSpanledger(${metric});\n`,
  );
  expect(await load([file])).toEqual({ outcomes: ["logins"], stderr: "" });
});

test("a mounted config is a symbolic link, and its mistakes are named by its line", async () => {
  const folder = newFolder();
  write(join(folder, "..data/spanledger.config.mts"), "const a: number = 1;\n\nthrow new Error(`no ${a}`);\n");
  const file = join(folder, "spanledger.config.mts");
  symlinkSync("..data/spanledger.config.mts", file);
  const { outcomes } = await load([file]);
  expect(outcomes[0]).toMatch(/spanledger\.config\.mts:3 cannot be run: no 1/);
});

test("the config of the chart's example loads as Kubernetes mounts it", async () => {
  const values = parse(readFileSync(locateInRepository("deploy/helm/values/production.yaml"), "utf8")) as {
    receiver: { config: string };
  };
  const folder = newFolder();
  write(join(folder, "..2026_11_30/spanledger.config.mts"), values.receiver.config);
  symlinkSync("..2026_11_30", join(folder, "..data"));
  symlinkSync("..data/spanledger.config.mts", join(folder, "spanledger.config.mts"));
  const { outcomes, stderr } = await load([join(folder, "spanledger.config.mts")]);
  expect(outcomes[0]).toMatch(/^[a-z_,]+$/);
  expect(stderr).toBe("");
});

test("a name of ours that is not exported is refused", async () => {
  const file = join(newFolder(), "spanledger.config.mts");
  write(file, `import "@spanledger/collector-receiver/main";\nexport default {};\n`);
  expect((await load([file])).outcomes[0]).toMatch(/cannot be run: Package subpath '.\/main' is not defined/);
});

test("of several files, .mts is taken before .ts, .mjs and .js", () => {
  const folder = newFolder();
  for (const extension of ["js", "mjs", "ts", "mts"]) {
    const file = join(folder, `spanledger.config.${extension}`);
    write(file, "");
    expect(findDefinitionsFile(undefined, folder)).toBe(file);
  }
});
