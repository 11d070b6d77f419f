import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { loadDefinitions } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { findHelm } from "../../../deploy/helm/find-helm.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { describeWith } from "../../support/describe-with.ts";
import { examples, findProblems, locateValues } from "./check-chart.ts";
import type { Existing } from "./check-references.ts";
import { findUnknownFields } from "./check-schemas.ts";
import { chartFolder, readValues, renderChart } from "./render-chart.ts";

const run = promisify(execFile);
const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");

test("the chart has the version of the packages", async () => {
  const { version } = JSON.parse(await read("package.json")) as { version: string };
  expect(parse(await read("deploy/helm/spanledger/Chart.yaml"))).toMatchObject({ version, appVersion: version });
});

test("docs/kubernetes.md names every Secret and key of the default values, and every example", async () => {
  const manual = await read("docs/kubernetes.md");
  const values = await readValues(undefined);
  const keys = [...Object.values<Existing>(values.secrets), values.collector.token, values.collector.products];
  for (const { key } of keys) expect(manual).toContain(`\`${key}\``);
  for (const example of examples) expect(manual).toContain(`deploy/helm/values/${example}`);
});

test("the events of the production example can be loaded", async () => {
  const { receiver } = await readValues(locateValues("production.yaml"));
  // In the repository, where the package is found by its name.
  await mkdir(locateInRepository(".spanledger"), { recursive: true });
  const folder = await mkdtemp(locateInRepository(".spanledger/chart-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "spanledger.config.mts");
  await writeFile(file, receiver.config);
  expect(Object.keys((await loadDefinitions(file, reservedMetricKeys)).events)).toEqual(["order.placed"]);
});

describeWith("Helm 4 (npm run setup)", await findHelm(), (helm) => {
  describe.each(examples)("deploy/helm/values/%s", (example) => {
    test("gives what the schemas allow, with every name that it refers to", async () => {
      const values = locateValues(example);
      const manifests = await renderChart(helm(), { values });
      expect(findProblems(manifests, await readValues(values))).toEqual([]);
      expect(await findUnknownFields(manifests)).toEqual([]);
    });

    test("fits beside another release of a long name", async () => {
      const values = locateValues(example);
      const release = "a-release-with-the-longest-name-that-helm-will-ta-it"; // 53 letters are the most.
      const manifests = await renderChart(helm(), { values, release, set: ["fullnameOverride="] });
      expect(findProblems(manifests, await readValues(values))).toEqual([]);
      for (const { kind, metadata } of manifests) {
        // A pod of a StatefulSet or Job has a label with this name and ten letters more.
        const most = kind === "StatefulSet" || kind === "Job" ? 52 : 63;
        expect(metadata.name.length, metadata.name).toBeLessThanOrEqual(most);
        expect(metadata.name).toMatch(/^a-release-with-the-longest-name-that-hel(-[a-z0-9]+)*$/);
      }
    });

    test("Helm's own lint is content", async () => {
      const { stdout } = await run(helm(), ["lint", "--strict", chartFolder, "--values", locateValues(example)]);
      expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
    });
  });

  test("the examples bring about every template", async () => {
    const rendered = (
      await Promise.all(examples.map((example) => renderChart(helm(), { values: locateValues(example) })))
    ).flat();
    const kinds = new Set(rendered.map(({ kind }) => kind));
    for (const file of await readdir(join(chartFolder, "templates"))) {
      const text = await readFile(join(chartFolder, "templates", file), "utf8");
      for (const [, kind = ""] of text.matchAll(/^kind: (\w+)$/gm)) expect(kinds, file).toContain(kind);
    }
  });
});
