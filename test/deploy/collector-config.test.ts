import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { locateInRepository } from "../../docs/generate-documents.ts";

interface CollectorConfig {
  readonly extensions: Readonly<Record<string, any>>;
  readonly processors: Readonly<Record<string, any>>;
  readonly exporters: Readonly<Record<string, any>>;
  readonly service: { readonly pipelines: Readonly<Record<string, { processors: string[]; exporters?: string[] }>> };
}

const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");
const config = parse(await read("otel-collector.yaml")) as CollectorConfig;
const severalTenants = parse(await read("deploy/collector/several-tenants.yaml")) as CollectorConfig;
const pipelines = [...Object.entries(config.service.pipelines), ...Object.entries(severalTenants.service.pipelines)];
const kindOf = (component: string): string => component.split("/", 1)[0] ?? "";

describe("otel-collector.yaml", () => {
  test.each(pipelines)(
    "%s: the memory limiter is first, and nothing samples or holds events in memory",
    (_, pipeline) => {
      const kinds = pipeline.processors.map(kindOf);
      expect(kinds[0]).toBe("memory_limiter");
      expect(kinds.filter((kind) => /sampl|batch|group/.test(kind))).toEqual([]);
    },
  );

  test("what cannot be decided about an event stops its request instead of letting it pass by", () => {
    const deciding = Object.entries(config.processors).filter(([name]) => /^(?:transform|filter)\//.test(name));
    expect(deciding.length).toBeGreaterThan(3);
    for (const [name, { error_mode }] of deciding) expect(error_mode, name).toBe("propagate");
  });

  test("an accepted event is on disk, and tried for ever", () => {
    const exporter = config.exporters["otlp_http/spanledger"];
    expect(exporter).toMatchObject({
      compression: "gzip",
      retry_on_failure: { enabled: true, max_elapsed_time: 0 },
      sending_queue: { storage: "file_storage/events", sizer: "bytes", block_on_overflow: false },
    });
    expect(config.extensions["file_storage/events"]).toMatchObject({ fsync: true });
    const batch = exporter.sending_queue.batch;
    // The receiver takes 64 MiB; a batch larger than the queue would be refused for ever.
    expect(batch.max_size).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(batch.min_size).toBeLessThanOrEqual(1_000_000);
  });

  test("business goes to the receiver alone, all else to the backend alone, and that is one place", () => {
    const exportersOf = (part: string) =>
      Object.entries(config.service.pipelines).flatMap(([name, { exporters }]) =>
        name.endsWith(part) ? [exporters] : [],
      );
    expect(exportersOf("/business")).toEqual([["otlp_http/spanledger"], ["otlp_http/spanledger"]]);
    expect(exportersOf("/backend")).toEqual([["debug/backend"], ["debug/backend"]]);
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
