import { access, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { environmentSchema } from "../../collector-receiver/src/config/environment-schema.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";
import { findComposeProblems, type ComposeFile } from "../support/compose-file.ts";

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
    expect(findComposeProblems(compose)).toBeNull();
    const { services } = compose;
    expect(
      findComposeProblems({ ...compose, services: { ...services, receiver: { images: "spanledger" } } }),
    ).toBeTruthy();
  });

  test("what it mounts is there, what it depends on too, and nothing listens beyond loopback", async () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const volume of service.volumes ?? []) {
        const [source = ""] = volume.split(":");
        if (source.startsWith("./")) await access(locateInRepository(source.slice(2)));
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
      if (service.build !== undefined) await access(locateInRepository(service.build.dockerfile!));
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(other);
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test("business settings of the shell or .env reach the receiver, and unset ones count as not set", () => {
    for (const name of [
      "BUSINESS_TIMEZONE",
      "CURRENCY",
      "COST_PER_MANUAL_SESSION",
      "LOCALE",
      "SESSION_IDLE_TIMEOUT",
      "RETENTION_MONTHS",
      "CORS_ORIGINS",
    ]) {
      expect(compose.services["receiver"]?.environment?.[name], name).toBe(`\${${name}:-}`);
    }
    expect(compose.services["collector"]?.environment?.["CORS_ORIGINS"]).toBe("${CORS_ORIGINS:-}");
  });

  test("a secret that is not set is asked for by name, and never empty", async () => {
    const used = [...(await read("compose.yaml")).matchAll(/(?<!\$)\$\{(\w+)(:[?-][^}]*)?\}/g)];
    const asked = new Set(used.filter(([, _name, rest]) => rest?.startsWith(":?")).map(([, name]) => name));
    const optional = new Set(used.filter(([, _name, rest]) => rest === ":-").map(([, name]) => name));
    for (const [, name, rest] of used) {
      if (rest === undefined) expect([name, asked.has(name)]).toEqual([name, true]);
    }
    expect(asked).toEqual(
      new Set([
        "GRAFANA_PASSWORD",
        "POSTGRES_PASSWORD",
        "RECEIVER_DATABASE_PASSWORD",
        "REDIS_PASSWORD",
        "SPANLEDGER_INGEST_TOKEN",
        "SPANLEDGER_READ_TOKEN",
      ]),
    );
    for (const name of optional) expect(name).not.toMatch(/PASSWORD|TOKEN/);
  });

  test("every address names a service of the file", () => {
    const { services } = compose;
    const addresses = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment ?? {}).flatMap(([name, value]) => {
        if (name.endsWith("_HOST") && name !== "OTLP_HOST") return [value.split(":")[0] as string];
        return [...value.matchAll(/^\w+:\/\/(?:[^@/]*@)?([\w.-]+)/g)].map(([, host]) => host as string);
      }),
    );
    const hosts = [...addresses, services["roles"]?.environment?.["PGHOST"]];
    expect(hosts).toEqual(expect.arrayContaining(["postgres", "redis", "receiver"]));
    for (const host of hosts) expect(Object.keys(services)).toContain(host);
  });

  test("what runs all the time has no rights of root, and a disk that it cannot write", () => {
    for (const name of ["migrate", "receiver", "collector"]) {
      expect(compose.services[name], name).toMatchObject({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
    }
    const { collector, "collector-folder": folder } = compose.services;
    const user = (collector as { user?: string }).user;
    expect(user).not.toMatch(/^0|^root/);
    expect(folder?.command).toEqual(["-R", user, "/var/lib/otelcol"]);
    expect(Object.keys(collector?.depends_on ?? {})).toContain("collector-folder");
  });

  test("only the migration logs in as the owner; the receiver's role is made by the file of the repository", () => {
    const userOf = (name: string) =>
      /^postgresql:\/\/(\w+):/.exec(compose.services[name]?.environment?.["DATABASE_URL"] ?? "")?.[1];
    expect(userOf("migrate")).toBe(compose.services["postgres"]?.environment?.["POSTGRES_USER"]);
    expect(userOf("receiver")).toBe("spanledger_app");
    expect(compose.services["roles"]?.volumes?.[0]).toMatch(/^\.\/deploy\/create-receiver-role\.sql:/);
    expect(compose.services["roles"]?.command?.[0]).toContain("alter role spanledger_app password");
    expect(Object.keys(compose.services["receiver"]?.depends_on ?? {})).toEqual(["roles"]);
  });

  test("the Collector shows the token that the receiver takes", () => {
    const { receiver, collector } = compose.services;
    const [, variable] = /^default:\$\{(\w+)/.exec(receiver?.environment?.["INGEST_TOKENS"] ?? "") ?? [];
    expect(collector?.environment?.["SPANLEDGER_TOKEN"]).toBe(`\${${variable}}`);
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
