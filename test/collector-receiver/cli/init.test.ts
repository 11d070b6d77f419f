import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { environmentSchema } from "../../../collector-receiver/src/config/environment-schema.ts";
import { packageVersion } from "../../../collector-receiver/src/package-root.ts";
import { findComposeProblems, type ComposeFile } from "../../support/compose-file.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { program, spanledgerIn } from "./run-cli.ts";

function newFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** Starts a receiver in a process of its own, because Vitest resolves a config's imports its own way. */
async function startReceiverIn(folder: string): Promise<string> {
  const database = await useTestDatabase();
  const child = spawn(process.execPath, [program, "start"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], DATABASE_URL: database.connectionString, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return vi.waitUntil(() => /"url":"(http:[^"]+)"/.exec(log)?.[1], { timeout: 50_000 });
}

test("init writes a config that a receiver counts by, and a compose file that the specification allows", async () => {
  const folder = newFolder();
  const { code, stdout } = await spanledgerIn(folder, {}, "init");
  expect(code).toBe(0);
  expect(stdout).toContain("npx -p @spanledger/collector-receiver spanledger start");
  expect((await readdir(folder)).toSorted()).toEqual(["compose.yaml", "spanledger.config.mts"]);

  const url = await startReceiverIn(folder);
  const answer = (await (await fetch(`${url}/api/analytics/custom`)).json()) as { metrics: { key: string }[] };
  expect(answer.metrics.map(({ key }) => key)).toEqual(["bookings", "guests"]);

  const text = await readFile(join(folder, "compose.yaml"), "utf8");
  const compose = parse(text) as ComposeFile;
  expect(findComposeProblems(compose)).toBeNull();
  expect(text).not.toMatch(/SPANLEDGER_(?:VERSION|CONFIG_FILE)/);
  const { receiver: service, migrate, roles } = compose.services;
  expect(migrate?.build?.dockerfile_inline).toContain(`@spanledger/collector-receiver@${packageVersion} `);
  expect(service?.environment?.["SPANLEDGER_CONFIG"]).toBe("/etc/spanledger/spanledger.config.mts");
  expect(service?.volumes).toEqual(["./spanledger.config.mts:/etc/spanledger/spanledger.config.mts:ro"]);
  for (const name of Object.keys(service?.environment ?? {})) {
    expect(Object.keys(environmentSchema.properties)).toContain(name);
  }
  for (const { ports = [] } of Object.values(compose.services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }

  const leastRights = { image: "spanledger", read_only: true, cap_drop: ["ALL"] };
  expect([migrate, service]).toMatchObject([leastRights, leastRights]);
  expect(service?.environment?.["DATABASE_URL"]).toMatch(/^postgresql:\/\/spanledger_app:/);
  expect(roles?.command?.[0]).toContain("create role spanledger_app login in role spanledger_receiver");
  expect(Object.keys(service?.depends_on ?? {})).toEqual(["roles"]);
});

test("init keeps existing files, and its compose file mounts the config that it found", async () => {
  const folder = newFolder();
  await writeFile(join(folder, "spanledger.config.js"), "export default {};");
  const first = await spanledgerIn(folder, {}, "init");
  expect(first.stdout).toContain("kept spanledger.config.js");
  expect(await readFile(join(folder, "spanledger.config.js"), "utf8")).toBe("export default {};");
  expect(await readFile(join(folder, "compose.yaml"), "utf8")).toContain("./spanledger.config.js:/etc/spanledger/");
  expect((await readdir(folder)).toSorted()).toEqual(["compose.yaml", "spanledger.config.js"]);

  await writeFile(join(folder, "compose.yaml"), "services: {}");
  const second = await spanledgerIn(folder, {}, "init");
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("kept compose.yaml")]);
  expect(await readFile(join(folder, "compose.yaml"), "utf8")).toBe("services: {}");
});

test("init in a folder that takes no files says so", async () => {
  const { code, stderr } = await spanledgerIn("/proc", {}, "init");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^spanledger: cannot write spanledger\.config\.mts in \/proc .* \[folder_not_writable\]\n$/);
});
