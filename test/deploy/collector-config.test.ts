import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { locateInRepository } from "../../docs/generate-documents.ts";

interface CollectorConfig {
  readonly extensions: Readonly<Record<string, any>>;
  readonly receivers: Readonly<Record<string, any>>;
  readonly processors: Readonly<Record<string, any>>;
  readonly connectors: Readonly<Record<string, any>>;
  readonly exporters: Readonly<Record<string, any>>;
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> };
}

interface Pipeline {
  readonly receivers: string[];
  readonly processors: string[];
  readonly exporters: string[];
}

const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");
const config = parse(await read("otel-collector.yaml")) as CollectorConfig;
const severalTenants = parse(await read("deploy/collector/several-tenants.yaml")) as CollectorConfig;
/** Each pipeline as it is with one configuration, and with both. */
const pipelines = [
  ...Object.entries(config.service.pipelines),
  ...Object.entries(severalTenants.service.pipelines).map(([name, { processors }]): [string, Pipeline] => [
    name,
    { ...config.service.pipelines[name]!, processors },
  ]),
];
const kindOf = (component: string): string => component.split("/", 1)[0] ?? "";

describe("otel-collector.yaml", () => {
  test.each(pipelines)(
    "%s: nothing samples or holds events in memory, the memory limiter is first of all",
    (_, pipeline) => {
      const kinds = pipeline.processors.map(kindOf);
      expect(kinds.filter((kind) => /sampl|batch|group/.test(kind))).toEqual([]);
      // What comes over a connector has passed the limiter; refused there, half of a request would have been taken.
      const fromProducts = pipeline.receivers.includes("otlp");
      expect(pipeline.receivers).toEqual([fromProducts ? "otlp" : expect.stringMatching(/^routing\//)]);
      expect(kinds.indexOf("memory_limiter")).toBe(fromProducts ? 0 : -1);
    },
  );

  test("an event whose condition fails stops its request instead of being dropped", () => {
    const deciding = [...Object.entries(config.processors), ...Object.entries(config.connectors)].filter(([name]) =>
      /^(?:transform|routing)\//.test(name),
    );
    expect(deciding).toHaveLength(6);
    for (const [name, { error_mode }] of deciding) expect(error_mode, name).toBe("propagate");
  });

  test("an accepted event is on disk, and tried for ever", () => {
    const exporter = config.exporters["otlp_http/spanledger"];
    expect(exporter).toMatchObject({
      compression: "gzip",
      retry_on_failure: { enabled: true, max_elapsed_time: 0 },
      sending_queue: { storage: "file_storage/events", sizer: "bytes", block_on_overflow: false },
    });
    const { directory, ...storage } = config.extensions["file_storage/events"];
    expect(storage).toEqual({
      create_directory: true,
      fsync: true,
      timeout: "10s",
      // Without it the file keeps the size of its worst night, and the volume fills.
      compaction: { directory, on_start: true, on_rebound: true, cleanup_on_start: true },
    });
    const batch = exporter.sending_queue.batch;
    // The receiver takes no more, and of a request that is taken no span may be larger: it would be dropped.
    expect(batch.max_size).toBe(config.receivers["otlp"].protocols.http.max_request_body_size);
    expect(batch.max_size).toBe(64 * 1024 * 1024);
    expect(batch.min_size).toBeLessThanOrEqual(1_000_000);
  });

  test("what an SDK sends at most fits: gRPC takes 64 MiB as HTTP and the receiver do", () => {
    const { grpc, http } = config.receivers["otlp"].protocols;
    expect([grpc.max_recv_msg_size_mib * 1024 ** 2, http.max_request_body_size]).toEqual([
      64 * 1024 ** 2,
      64 * 1024 ** 2,
    ]);
  });

  test("business goes to the receiver alone, all else to the backend alone, and that is one place", () => {
    const exportersOf = (part: string) =>
      Object.entries(config.service.pipelines).flatMap(([name, { exporters }]) =>
        name.endsWith(part) ? [exporters] : [],
      );
    expect(exportersOf("/in")).toEqual([["routing/traces"], ["routing/logs"]]);
    expect(exportersOf("/business")).toEqual([["otlp_http/spanledger"], ["otlp_http/spanledger"]]);
    expect(exportersOf("/backend")).toEqual([["debug/backend"], ["debug/backend"]]);
    expect(Object.keys(config.service.pipelines)).toHaveLength(6);
    for (const signal of ["traces", "logs"]) {
      const { default_pipelines, table } = config.connectors[`routing/${signal}`];
      expect(default_pipelines).toEqual([`${signal}/backend`]);
      expect(table.map(({ pipelines }: { pipelines: string[] }) => pipelines)).toEqual([
        [`${signal}/business`],
        [`${signal}/business`],
      ]);
    }
  });

  test("the builder's manifest lists exactly the components that the configurations use", async () => {
    const manifest = parse(await read("deploy/collector/builder.yaml")) as Record<string, { gomod: string }[]>;
    for (const part of ["extensions", "receivers", "processors", "connectors", "exporters"] as const) {
      const used = [config, severalTenants].flatMap((each) => Object.keys(each[part] ?? {}).map(kindOf));
      const modules = used.map((kind) => {
        const name = kind.replaceAll("_", "");
        return name === "filestorage" ? name : `${name}${part.slice(0, -1)}`;
      });
      const listed = manifest[part]?.map(({ gomod }) => gomod.split(" ")[0]!.split("/").at(-1));
      expect(listed?.toSorted(), part).toEqual([...new Set(modules)].toSorted());
    }
  });

  test("addresses, secrets and folders come from the environment", () => {
    const found: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value === "string" && /(?:endpoint|directory|authorization|host|port|file)$/.test(path)) {
        found.push(path);
        expect(value, path).toContain("${env:");
      } else if (typeof value === "object" && value !== null) {
        for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
      }
    };
    walk(config, "");
    walk(severalTenants, "");
    expect(found.length).toBeGreaterThan(8);
  });
});
