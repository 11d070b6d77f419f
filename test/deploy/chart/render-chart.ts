import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { locateInRepository } from "../../../docs/generate-documents.ts";

const run = promisify(execFile);

export const chartFolder = locateInRepository("deploy/helm/spanledger");

/** What Helm gives to Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

export interface RenderOptions {
  /** Default: the chart of the repository. */
  readonly chart?: string;
  /** A file of values; default: none. */
  readonly values?: string;
  /** As `--set` takes them. */
  readonly set?: readonly string[];
  /** As `--set-string` takes them. */
  readonly setString?: readonly string[];
  readonly release?: string;
}

/**
 * Every manifest of a release, by the real Helm, hooks too.
 * @throws with what Helm says
 */
export async function renderChart(helm: string, options: RenderOptions = {}): Promise<Manifest[]> {
  const { chart = chartFolder, values, set = [], setString = [], release = "spanledger" } = options;
  const files = values === undefined ? [] : ["--values", values];
  const { stdout } = await run(
    helm,
    [
      "template",
      release,
      chart,
      "--namespace",
      "analytics",
      ...files,
      ...set.flatMap((one) => ["--set", one]),
      ...setString.flatMap((one) => ["--set-string", one]),
    ],
    // Nothing of this machine's: no repositories, plugins or cluster.
    { env: { PATH: process.env["PATH"], HOME: tmpdir(), HELM_PLUGINS: "/nowhere", KUBECONFIG: "/nowhere" } },
  );
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** A copy of the chart in which one file differs, gone when the test has finished. */
export async function changeChart(file: string, from: string | RegExp, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-chart-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const chart = join(folder, "spanledger");
  await cp(chartFolder, chart, { recursive: true });
  const text = await readFile(join(chart, file), "utf8");
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has no ${String(from)}`);
  await writeFile(join(chart, file), changed);
  return chart;
}

/** values.yaml with a file of values over it, as Helm merges them. */
export async function readValues(file: string | undefined): Promise<any> {
  const defaults: unknown = parse(await readFile(join(chartFolder, "values.yaml"), "utf8"));
  return file === undefined ? defaults : merge(defaults, parse(await readFile(file, "utf8")));
}

function merge(below: any, above: any): unknown {
  const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(below) || !isMap(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, key in above ? merge(below[key], above[key]) : below[key]]));
}
