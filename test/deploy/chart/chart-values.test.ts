import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { findCollector } from "../../../deploy/collector/find-collector.ts";
import { findHelm } from "../../../deploy/helm/find-helm.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { describeWith } from "../../support/describe-with.ts";
import { examples, locateValues } from "./check-chart.ts";
import { findSchemaProblems } from "./check-schemas.ts";
import { renderChart, type Manifest } from "./render-chart.ts";

const helm4 = await findHelm();
const collector = await findCollector();
const monitored = locateValues("production.yaml");

describeWith("Helm 4 (npm run setup)", helm4, (helm) => {
  test.each([
    ["a misspelt value", ["receiver.replica=3"], "additional properties 'replica' not allowed"],
    ["a variable that the receiver does not read", ["receiver.env.BUSINES_TIMEZONE=UTC"], "BUSINES_TIMEZONE"],
    ["a secret among the values", ["receiver.env.INGEST_TOKENS=default:token"], "INGEST_TOKENS"],
    ["a number out of range", ["receiver.env.RETENTION_MONTHS=0"], "RETENTION_MONTHS"],
    ["an unknown locale", ["receiver.env.LOCALE=fr"], "LOCALE"],
    ["no database", ["secrets.DATABASE_URL.name="], "secrets/DATABASE_URL"],
    [
      "an entrance to open metrics",
      ["ingress.enabled=true", "ingress.hosts={a.example}"],
      "secrets.METRICS_TOKEN.name",
    ],
    ["a scraper without a token", ["monitoring.serviceMonitor.enabled=true"], "secrets.METRICS_TOKEN.name"],
    ["a route to open metrics", ["httpRoute.enabled=true"], "secrets.METRICS_TOKEN.name"],
    ["a route without a Gateway", ["httpRoute.enabled=true", "secrets.METRICS_TOKEN.name=m"], "at least one Gateway"],
    ["an entrance without a host", ["ingress.enabled=true", "secrets.METRICS_TOKEN.name=m"], "at least one host"],
  ])("an installation is refused with %s", async (_, set, reason) => {
    await expect(renderChart(helm(), { set })).rejects.toThrow(reason);
  });

  test("the receivers are scraped as the job that every alert asks for, with their token", async () => {
    const manifests = await renderChart(helm(), { values: locateValues("production.yaml"), release: "other" });
    const [monitor] = manifests.filter(
      ({ kind, metadata }) => kind === "ServiceMonitor" && metadata.name.endsWith("receiver"),
    );
    const [endpoint] = (monitor as Manifest).spec.endpoints;
    expect(endpoint.relabelings).toEqual([{ action: "replace", targetLabel: "job", replacement: "spanledger" }]);
    expect(endpoint.authorization.credentials).toEqual({ name: "spanledger-metrics", key: "token" });
    const [{ spec }] = manifests.filter(({ kind }) => kind === "PrometheusRule") as [Manifest];
    expect(spec).toEqual(parse(await readFile(locateInRepository("deploy/prometheus/alerts.yaml"), "utf8")));
    const jobs = [...JSON.stringify(spec).matchAll(/job=\\"([^"\\]*)\\"/g)].map(([, job]) => job);
    expect(jobs.length).toBeGreaterThan(1);
    expect(new Set(jobs)).toEqual(new Set(["spanledger"]));
    expect(spec.groups[0].rules.map(({ expr }: { expr: string }) => expr)).toContain('absent(up{job="spanledger"})');
  });

  test("a Secret that the values do not name sets no variable", async () => {
    const variables = async (set: string[]): Promise<string[]> => {
      const manifests = await renderChart(helm(), { set });
      const deployment = manifests.find(({ kind }) => kind === "Deployment");
      return deployment?.spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name);
    };
    expect(await variables([])).toEqual(["HOST", "PORT", "DATABASE_URL", "INGEST_TOKENS", "READ_TOKENS"]);
    expect(await variables(["secrets.REDIS_URL.name=cache"])).toContain("REDIS_URL");
  });

  test("origins of pages reach the Collector and the receivers", async () => {
    const origin = "https://*.shop.example";
    const set = [`collector.corsOrigins=${origin}`, `receiver.env.CORS_ORIGINS=${origin}`];
    const variables = (manifests: Manifest[]) =>
      ["StatefulSet", "Deployment"].map((kind) =>
        manifests
          .find((manifest) => manifest.kind === kind)
          ?.spec.template.spec.containers[0].env.find(({ name }: { name: string }) => name === "CORS_ORIGINS"),
      );
    const variable = { name: "CORS_ORIGINS", value: origin };
    expect(variables(await renderChart(helm(), { set }))).toEqual([variable, variable]);
    expect(variables(await renderChart(helm()))).toEqual([undefined, undefined]);
  });

  test("names that look like numbers stay texts", async () => {
    const set = ["DATABASE_URL", "METRICS_TOKEN"].flatMap((variable) => [
      `secrets.${variable}.name=1e3`,
      `secrets.${variable}.key=7`,
    ]);
    const others = ["serviceAccountName=8", "collector.products.name=9", "collector.queue.storageClassName=1e1"];
    // Helm's own flag: `--set` alone would make numbers of them, which the schema refuses.
    const manifests = await renderChart(helm(), { setString: [...set, ...others], values: monitored, release: "1e2" });
    expect(findSchemaProblems(manifests)).toEqual([]);
    expect(JSON.stringify(manifests)).toContain('{"name":"1e3","key":"7"}');
  });

  test("a list without peers lets nobody in, rather than everybody", async () => {
    const set = ["networkPolicy.enabled=true", "networkPolicy.senders=null"];
    const policies = (await renderChart(helm(), { set })).filter(({ kind }) => kind === "NetworkPolicy");
    expect(policies).toHaveLength(3);
    for (const { metadata, spec } of policies) {
      expect(spec.policyTypes, metadata.name).toContain("Ingress");
      for (const { from } of spec.ingress ?? []) expect(from.length, metadata.name).toBeGreaterThan(0);
    }
    const collector = policies.find(({ metadata }) => metadata.name === "spanledger-collector");
    expect(collector?.spec.ingress).toBeUndefined();
  });

  test("the Job tells the image what compose.yaml tells it", async () => {
    const job = (await renderChart(helm())).find(({ kind }) => kind === "Job");
    const compose = parse(await readFile(locateInRepository("compose.yaml"), "utf8"));
    expect(job?.spec.template.spec.containers[0].args).toEqual(compose.services.migrate.command);
  });

  test("numbers of the values arrive digit by digit", async () => {
    const manifests = await renderChart(helm(), { values: locateValues("production.yaml") });
    const deployment = manifests.find(({ kind }) => kind === "Deployment");
    expect(deployment?.spec.template.spec.containers[0].env).toEqual(
      expect.arrayContaining([
        { name: "MAX_QUEUE_BYTES", value: "536870912" },
        { name: "COST_PER_MANUAL_SESSION", value: "12.5" },
      ]),
    );
  });

  test("the Collector's queue lies on a volume that outlives the pod, and takes at most 40 % of it", async () => {
    const manifests = await renderChart(helm(), { set: ["collector.queue.sizeGiB=7"] });
    const { spec } = manifests.find(({ kind }) => kind === "StatefulSet") as Manifest;
    const [container] = spec.template.spec.containers;
    const valueOf = (variable: string): string =>
      container.env.find(({ name }: { name: string }) => name === variable).value;
    const mount = container.volumeMounts.find(({ mountPath }: { mountPath: string }) =>
      valueOf("SPANLEDGER_QUEUE_FOLDER").startsWith(`${mountPath}/`),
    );
    const [claim] = spec.volumeClaimTemplates;
    expect([claim.metadata.name, claim.spec.resources.requests.storage]).toEqual([mount.name, "7Gi"]);
    const share = Number(valueOf("SPANLEDGER_QUEUE_BYTES")) / (7 * 1024 ** 3);
    expect(share).toBeLessThanOrEqual(0.4);
    expect(share).toBeGreaterThan(0.39);
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: "Retain", whenScaled: "Retain" });
  });

  describeWith("the Collector (npm run setup)", collector, (program) => {
    test.each(examples.filter((example) => example !== "existing-everything.yaml"))(
      "takes the configuration that %s gives it",
      async (example) => {
        const manifests = await renderChart(helm(), { values: locateValues(example) });
        const { spec } = manifests.find(({ kind }) => kind === "StatefulSet") as Manifest;
        const [container] = spec.template.spec.containers;
        const config = manifests.find(
          ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.endsWith("-collector"),
        );
        const folder = await mkdtemp(join(tmpdir(), "spanledger-chart-collector-"));
        onTestFinished(() => rm(folder, { recursive: true, force: true }));
        for (const [name, text] of Object.entries(config?.data ?? {})) await writeFile(join(folder, name), text);
        const arguments_ = container.args.map((one: string) => one.replace("/etc/otelcol/", `${folder}/`));
        const env = Object.fromEntries(container.env.map(({ name, value = "x" }: any) => [name, value]));
        await promisify(execFile)(program(), ["validate", ...arguments_], {
          env: { ...env, PRODUCTS_HTPASSWD_FILE: "/dev/null" },
        });
      },
    );
  });
});
