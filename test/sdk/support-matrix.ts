/** Where the SDK is tested, as sdk/README.md says: each test runs the rows of its kind, and readme.test.ts compares the table. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** How a process ends. */
export const ends = ["natural", "exit", "throw", "SIGTERM"] as const;
export type End = (typeof ends)[number];

type Kind = "bundlers" | "threads" | "Yarn" | "Next.js" | "frameworks" | "ends of processes" | "runtimes";

export interface SupportRow {
  readonly kind: Kind;
  /** What the test calls it. */
  readonly key: string;
  /** What the README calls it. */
  readonly name: string;
  /** Ends at which every event arrives, and which are those of the product without the SDK. */
  readonly ends: readonly End[];
}

const products = join(import.meta.dirname, "products");

/** The version of a package in a product's manifest. */
function versionIn(product: string, name: string): string {
  const manifest = JSON.parse(readFileSync(join(products, product, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return `${name} ${manifest.dependencies[name]!}`;
}

const next = versionIn("next", "next");
const bundlers = ["esbuild", "rollup", "vite", "webpack"];

const frameworks = [
  ["express", "express"],
  ["koa", "koa"],
  ["hono", "hono", "@hono/node-server"],
  ["fastify", "fastify"],
  ["nest", "@nestjs/core", "@nestjs/platform-express"],
];
const endNames: Readonly<Record<string, string>> = {
  nest: `${versionIn("frameworks", "@nestjs/core")}, \`enableShutdownHooks()\``,
  nodemon: "SIGUSR2 as nodemon sends it",
};

export const supportRows: readonly SupportRow[] = [
  ...["20", "24", "26"].map((key) => ({ kind: "runtimes" as const, key, name: `Node ${key}`, ends })),
  ...["bun", "deno"].map((key) => ({ kind: "runtimes" as const, key, name: versionIn("runtimes", key), ends })),
  ...bundlers.map((key) => ({
    kind: "bundlers" as const,
    key,
    name: `${versionIn("bundlers", key)}, ES modules and CommonJS`,
    ends,
  })),
  { kind: "bundlers", key: "sea", name: `${versionIn("bundlers", "esbuild")}, single executable of Node 26`, ends },
  {
    kind: "Yarn",
    key: "pnp",
    name: `${versionIn("pnp", "@yarnpkg/cli-dist")}, Plug'n'Play, ES modules and CommonJS`,
    ends,
  },
  ...["turbopack start", "turbopack standalone", "webpack start", "webpack standalone"].map((key) => {
    const [bundler, how] = key.split(" ");
    const name = `${next}, ${bundler === "webpack" ? "webpack" : "Turbopack"}, ${how === "start" ? "`next start`" : "`standalone`, moved"}`;
    return { kind: "Next.js" as const, key, name, ends: ["exit", "SIGTERM"] as const };
  }),
  ...frameworks.map(([key, ...packages]) => ({
    kind: "frameworks" as const,
    key: key!,
    name: packages.map((name) => versionIn("frameworks", name)).join(" with "),
    ends,
  })),
  { kind: "threads", key: "main.mjs", name: "worker_threads of Node 24", ends },
  { kind: "threads", key: "pool.mjs", name: versionIn("threads", "piscina"), ends },
  ...["close-with-grace", "execa", "signal-exit", "nest", "nodemon"].map((key) => ({
    kind: "ends of processes" as const,
    key,
    name: endNames[key] ?? versionIn("frameworks", key),
    ends: ["SIGTERM"] as const,
  })),
];

/** The rows of one kind. */
export function rowsOf(kind: Kind): SupportRow[] {
  return supportRows.filter((row) => row.kind === kind);
}

/** A row as it stands in the README. */
export function lineOf({ kind, name, ends: tested }: SupportRow): string {
  return `| ${[kind, name, ...ends.map((end) => (tested.includes(end) ? "✓" : "–"))].join(" | ")} |`;
}

const readme = readFileSync(join(import.meta.dirname, "../../sdk/README.md"), "utf8");

/** The lines of the README's table, without the spaces that align it. */
export function linesOfReadme(): string[] {
  const kinds = new Set<string>(supportRows.map(({ kind }) => kind));
  return [...readme.matchAll(/^\|.*\|$/gm)]
    .map(([line]) => line.replaceAll(/ +/g, " "))
    .filter((line) => kinds.has(line.split(" | ")[0]!.slice(2)));
}

/** To be called when all ends of a row have been seen: prints it, and finds it in the README. */
export function printSupport(row: SupportRow): void {
  const line = lineOf(row);
  console.info(line);
  expect(linesOfReadme()).toContain(line);
}
