import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkTypes } from "../support/check-types.ts";
import { expect, it, onTestFinished } from "vitest";
import { loadDefinitions } from "../../collector-receiver/src/catalogue/load-definitions.ts";
import { reservedMetricKeys } from "../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { boardDefaults } from "../../dashboards/board-context.ts";
import { generateDashboards } from "../../dashboards/generate-dashboards.ts";
import { boards } from "./read-queries.ts";

// Every dashboard against the types that Grafana itself publishes of its classic model, for each major version that is
// claimed: panels, their options and field options, rows, variables, links. Types, because no Grafana runs here; they
// say which values an option may have, so that a misspelt or a newer one is found.

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const majors = ["10", "11", "12", "13"] as const;
/** Types of panels on our dashboards: the folder of their options, and the options of their fields. */
const panelTypes = {
  stat: "object",
  timeseries: "timeseries.FieldConfig",
  barchart: "barchart.FieldConfig",
  table: "table.FieldConfig",
  text: "object",
} as const;

/** The published declarations of a version, below `folder`, with enums as unions: JSON holds their values. */
async function unpackTypes(major: string, folder: string): Promise<string[]> {
  const published = join(modules, `grafana-schema-${major}`, "dist");
  const from = (await readdir(published)).includes("types") ? "types" : "esm";
  for (const part of ["raw", "common"]) {
    await cp(join(published, from, part), join(folder, part), { recursive: true });
  }
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".d.ts"));
  const common = JSON.stringify(join(folder, "common", "common.gen"));
  for (const file of files) {
    const text = await readFile(join(folder, file), "utf8");
    const unions = text
      .replaceAll("'@grafana/schema'", common)
      .replace(/export declare enum (\w+) \{([^}]*)\}/g, (_, name: string, body: string) => {
        const values = [...body.matchAll(/=\s*("[^"]*"|-?\d+)/g)].map(([, value]) => value);
        return `export type ${name} = ${values.join(" | ")};`;
      });
    await writeFile(join(folder, file), unions);
  }
  return files;
}

/** A TypeScript file that gives every dashboard to the types; the lines of `titles` say which panel is on which. */
function writeCheck(
  files: readonly string[],
  models: readonly { readonly path: string; readonly model: any }[],
): string {
  const find = (within: string): string => {
    const found = files.find((file) => file.includes(within) && /(?:types\.gen|_types\.gen)\.d\.ts$/.test(file));
    if (found === undefined) throw new Error(`no types in ${within}`);
    return `./${found.replace(/\.d\.ts$/, "")}`;
  };
  const lines = [
    `import type * as dash from "${find("raw/dashboard/")}";`,
    ...Object.keys(panelTypes).map(
      (type) => `import type * as ${type} from "${find(`composable/${type}/panelcfg/`)}";`,
    ),
    "type Known<T> = T extends (infer U)[] ? readonly Known<U>[] : T extends object ? { readonly [K in keyof T]: Known<T[K]> } : T;",
    `type PanelOf<T, O, C> = Omit<dash.Panel, "type" | "options" | "fieldConfig"> & { type: T; options?: Partial<O>; fieldConfig?: { defaults: Omit<dash.FieldConfig, "custom"> & { custom?: Partial<C> }; overrides: { matcher: dash.MatcherConfig; properties: { id: string; value?: unknown }[] }[] } };`,
  ];
  const take = (type: string, value: unknown): void => {
    const name = `value${lines.length}`;
    lines.push(
      `const ${name} = ${JSON.stringify(value)} as const; export const checked_${name}: Known<${type}> = ${name};`,
    );
  };
  for (const { path, model } of models) {
    lines.push(`// ${path}`);
    // An annotation's query is the datasource's own, which these types do not know.
    const { panels, annotations: _, ...board } = model;
    take(`Omit<dash.Dashboard, "panels" | "annotations">`, board);
    for (const panel of panels.flatMap((one: any) => [one, ...(one.panels ?? [])])) {
      const { panels: __, ...own } = panel;
      if (panel.type === "row") take(`Omit<dash.RowPanel, "panels">`, own);
      else {
        const type = panel.type as keyof typeof panelTypes;
        take(`PanelOf<"${type}", ${type}.Options, ${panelTypes[type]}>`, own);
      }
    }
  }
  return lines.join("\n");
}

/** What the types of a version say against dashboards; nothing is well. */
async function complaintsOf(major: string, models: Parameters<typeof writeCheck>[1]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `spanledger-grafana-${major}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = await unpackTypes(major, folder);
  return checkTypes(folder, writeCheck(files, models));
}

const example = fileURLToPath(new URL("../../examples/own-metrics/every-kind.config.ts", import.meta.url));
const ownBoards = generateDashboards(boardDefaults, await loadDefinitions(example, reservedMetricKeys))
  .filter(({ path }) => !boards.some((board) => board.path === path))
  .map(({ path, json }) => ({ path, model: JSON.parse(json) as any }));

it.each(majors)("every dashboard has the shape that Grafana %s publishes", async (major) => {
  expect(ownBoards).toHaveLength(2);
  expect((await complaintsOf(major, [...boards, ...ownBoards])).slice(0, 3_000)).toBe("");
});

it.each(majors)("the types of Grafana %s find an option that it does not know", async (major) => {
  const [first] = boards.filter(({ name }) => name === "ai-chatbot");
  const text = JSON.stringify(first?.model);
  for (const [value, wrong] of [
    ['"showPoints":"always"', '"showPoints":"sometimes"'],
    ['"textMode":"auto"', '"textMode":"large"'],
    ['"displayMode":"list"', '"displayMode":"column"'],
  ] as const) {
    expect(text).toContain(value);
    const model = JSON.parse(text.replaceAll(value, wrong));
    expect(await complaintsOf(major, [{ path: "wrong", model }])).toContain("error TS");
  }
});
