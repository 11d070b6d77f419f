import { buildCollector } from "../collector/build-collector.ts";
import { findCollector } from "../collector/find-collector.ts";
import { buildHelm } from "../helm/build-helm.ts";
import { findHelm } from "../helm/find-helm.ts";
import { javascriptJudges, obtainJavascriptJudge } from "./obtain-judges.ts";
import { obtainNode, testedNodeMajors } from "./obtain-node.ts";
import { buildGoProduct } from "./build-go-product.ts";
import { buildGrafanaJudge } from "./build-grafana-judge.ts";
import { findGo, findPython } from "./find-language.ts";
import { obtainPostgres, olderPostgresMajors } from "./obtain-postgres.ts";
import { obtainPythonPackages } from "./obtain-python-packages.ts";
import { missingForJava, obtainJavaPackages } from "./obtain-java-packages.ts";
import { obtainSdkProduct, sdkProducts } from "./obtain-sdk-products.ts";
import { obtainRedisProgram } from "./obtain-redis-server.ts";
import { buildGoSender, javascriptYears, obtainJavascriptSender } from "./senders.ts";

/** `npm run setup`: what `npm run test:all` needs and the machine lacks. Each part is tried, whatever becomes of another. */
const parts: readonly {
  readonly name: string;
  readonly obtain: () => Promise<string>;
  /** Why this machine has no use for it: what the tests then leave out is not a failure. */
  readonly excuse?: () => Promise<string | undefined>;
}[] = [
  {
    name: "redis-server",
    obtain: async () => {
      const url = process.env["REDIS_URL"] ?? "";
      return (
        await obtainRedisProgram(say).catch((error: unknown) => {
          if (url === "") throw error;
          return { path: "REDIS_URL" };
        })
      ).path;
    },
  },
  ...testedNodeMajors.map((major) => ({ name: `Node ${major}`, obtain: () => obtainNode(major, say) })),
  ...olderPostgresMajors.map((major) => ({
    name: `PostgreSQL ${major}`,
    obtain: () => obtainPostgres(major, say),
  })),
  { name: "OpenTelemetry Collector", obtain: async () => (await findCollector()) ?? (await buildCollector(say)) },
  { name: "Helm", obtain: async () => (await findHelm()) ?? (await buildHelm(say)) },
  ...(["example", "schemathesis", "judges"] as const).map((use) => ({
    name: `Python packages (${use})`,
    obtain: () => obtainPythonPackages(use, say),
    excuse: async () => (await findPython()).reason,
  })),
  { name: "Go product", obtain: () => buildGoProduct(say), excuse: async () => (await findGo()).reason },
  { name: "Go sender", obtain: () => buildGoSender(say), excuse: async () => (await findGo()).reason },
  { name: "Java sender", obtain: () => obtainJavaPackages(say), excuse: missingForJava },
  ...javascriptYears.map((year) => ({
    name: `JavaScript sender of ${year}`,
    obtain: () => obtainJavascriptSender(year, say),
  })),
  ...sdkProducts.map((name) => ({ name: `SDK product ${name}`, obtain: () => obtainSdkProduct(name, say) })),
  ...javascriptJudges.map((name) => ({
    name: `judge of model calls ${name}`,
    obtain: () => obtainJavascriptJudge(name, say),
  })),
  { name: "judge of the dashboards", obtain: () => buildGrafanaJudge(say) },
];

function say(line: string): void {
  process.stdout.write(`  ${line}\n`);
}

for (const { name, obtain, excuse } of parts) {
  try {
    const reason = await excuse?.();
    if (reason !== undefined) {
      process.stdout.write(`${name}: left out: ${reason}\n`);
      continue;
    }
    const started = performance.now();
    const obtained = await obtain();
    process.stdout.write(`${name}: ${obtained} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  } catch (error) {
    process.stdout.write(`${name}: MISSING: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
