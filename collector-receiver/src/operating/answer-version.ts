import type { FastifyInstance } from "fastify";
import { Gauge, type Registry } from "prom-client";

/** What runs here, for `/version` and for the metric `spanledger_build_info`. */
export interface BuildInfo {
  readonly version: string;
  /** Version of Node. */
  readonly node: string;
  /** The rules by which this version counts; a tenant that is counted by others is not served. */
  readonly counting_rules: number;
}

/** `/version`: what runs here. */
export function answerVersion(app: FastifyInstance, build: BuildInfo): void {
  app.get("/version", { schema: { hide: true } }, async () => ({ name: "spanledger", ...build }));
}

/** `spanledger_build_info`: always 1, what runs here is in its labels. */
export function measureBuild(registry: Registry, build: BuildInfo): void {
  const labels = { ...build, counting_rules: String(build.counting_rules) };
  const gauge = new Gauge({
    name: "spanledger_build_info",
    help: "1; the labels say what runs here",
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  gauge.set(labels, 1);
}
