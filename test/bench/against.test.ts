import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { dependencyFolders, findCommit, runtimePackages } from "../../bench/against/check-out-commit.ts";
import { comparePairs, orderOfPair, writeComparison } from "../../bench/against/compare-pairs.ts";
import { readAgainstOptions } from "../../bench/against/run-against.ts";
import { deliveredSpans } from "../../bench/machine/start-collector-before-sink.ts";
import { findStartCommand } from "../../bench/machine/start-command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("comparing two commits", () => {
  test("runs them in the order ABBA", () => {
    expect([0, 1, 2, 3].flatMap(orderOfPair)).toEqual([
      ...["this", "other", "other", "this"],
      ...["this", "other", "other", "this"],
    ]);
  });

  test("takes the median of the ratios of pairs: one disturbed pair and a slower machine change nothing", () => {
    const pairs = [
      { this: 90, other: 10 },
      { this: 10.2, other: 10 },
      { this: 20.4, other: 20 },
      { this: 9.9, other: 10 },
      { this: 10.2, other: 10 },
    ];
    expect(writeComparison("CPU an event", comparePairs(pairs), "a048a1b")).toBe(
      "CPU an event: 10.20 µs, a048a1b 10.00 µs, ratio 1.020x (5 pairs, 0.990 to 9.000)",
    );
  });

  test("measures two million events a side in seven pairs unless told otherwise", () => {
    const { pairs, events, limit } = readAgainstOptions({ quick: false });
    expect(pairs).toBe(7);
    expect(pairs * events).toBeGreaterThanOrEqual(2_000_000);
    expect(limit).toBe(1.03);
    expect(readAgainstOptions({ quick: true, rounds: "4", events: "50", limit: "1.1" })).toEqual({
      pairs: 4,
      events: 50,
      limit: 1.1,
    });
  });

  test.each([
    [{ limit: "x" }, "--limit must be a positive number"],
    [{ rounds: "0" }, "--rounds must be a positive number"],
    [{ events: "-1" }, "--events must be a positive number"],
  ])("refuses %o", (given, message) => {
    expect(() => readAgainstOptions({ quick: false, ...given })).toThrow(message);
  });

  test("links the outermost node_modules folders of root and workspaces", () => {
    expect(
      dependencyFolders([
        "node_modules/@types/pg",
        "node_modules/a/node_modules/b",
        "collector-receiver/node_modules/pg",
        "examples/own/node_modules/@x/y/node_modules/z",
        "sdk",
      ]),
    ).toEqual(["node_modules", "collector-receiver/node_modules", "examples/own/node_modules"]);
  });

  test("a commit that git does not know is named, and nothing is left behind", async () => {
    const bench = promisify(execFile)(
      process.execPath,
      ["--conditions=spanledger-source", "bench/run-bench.ts", "--against", "no-such-commit"],
      { cwd: root },
    );
    await expect(bench).rejects.toThrow("git knows no commit no-such-commit here: give a hash");
  });

  test("a commit that a shallow clone lacks is fetched; one that nobody has is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spanledger-history-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    const git = (cwd: string, ...args: string[]) => promisify(execFile)("git", [...author, ...args], { cwd });
    const [origin, clone] = [join(folder, "origin"), join(folder, "clone")];
    await git(folder, "init", "--quiet", origin);
    for (const message of ["first", "second"]) {
      await git(origin, "commit", "--quiet", "--allow-empty", "--message", message);
    }
    const first = (await git(origin, "rev-parse", "HEAD~1")).stdout.trim();
    await git(folder, "clone", "--quiet", "--depth=1", `file://${origin}`, clone);
    await expect(git(clone, "cat-file", "-e", first)).rejects.toThrow();
    expect(await findCommit(clone, first)).toBe(first);
    await expect(findCommit(clone, "0".repeat(40))).rejects.toThrow(/0{40} here, and `origin` does not give it/);
  });

  test("a receiver runs on the packages of its lock file that are not for development", () => {
    const lock = {
      "": { version: "1.0.0" },
      sdk: { version: "1.0.0" },
      "node_modules/pg": { version: "8.1.0" },
      "node_modules/@spanledger/sdk": { link: true },
      "collector-receiver/node_modules/pg": { version: "8.2.0" },
      "node_modules/vitest": { version: "5.0.0", dev: true },
    };
    expect(runtimePackages(JSON.stringify({ packages: lock }))).toEqual([
      "node_modules/pg 8.1.0",
      "collector-receiver/node_modules/pg 8.2.0",
    ]);
  });
});

describe("the command that starts a commit's receiver", () => {
  async function folderWith(manifest: unknown): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "spanledger-test-start-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    return folder;
  }

  test.each([
    "node --max-semi-space-size=24 collector-receiver/src/main.ts",
    "exec node collector-receiver/bin/spanledger.js start",
  ])("is its own start script: %s", async (start) => {
    expect(await findStartCommand(await folderWith({ scripts: { start } }))).toBe(start);
  });

  test("is asked for if there is none", async () => {
    await expect(findStartCommand(await folderWith({ scripts: {} }))).rejects.toThrow('has no "start" script');
  });
});

describe("the Collector's metrics", () => {
  test("tell how many spans reached the receiver's place", () => {
    const metrics = [
      "# TYPE otelcol_exporter_sent_spans_total counter",
      'otelcol_exporter_sent_spans_total{data_type="traces",exporter="debug/backend"} 7',
      'otelcol_exporter_sent_spans_total{data_type="traces",exporter="otlp_http/spanledger"} 25600',
      'otelcol_exporter_send_failed_spans_total{exporter="otlp_http/spanledger"} 3',
    ].join("\n");
    expect(deliveredSpans(metrics)).toBe(25_600);
    expect(deliveredSpans("")).toBe(0);
  });
});
