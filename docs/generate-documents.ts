import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describeEnvironment } from "../collector-receiver/src/config/describe-environment.ts";
import { typedEvents } from "../collector-receiver/src/languages/typed-events.ts";
import { writeGo } from "../collector-receiver/src/languages/write-go.ts";
import { writePython } from "../collector-receiver/src/languages/write-python.ts";
import { describeMetrics } from "../collector-receiver/src/stats/describe-metrics.ts";
import { copyIntoChart } from "../deploy/helm/copy-into-chart.ts";
import { writeValuesSchema } from "../deploy/helm/write-values-schema.ts";
import { writeFlagStatements } from "../deploy/collector/write-flag-statements.ts";
import { describeAiCalls } from "./describe-ai-calls.ts";
import { describeAlarmCodes } from "./describe-alarm-codes.ts";
import { describeExport } from "./describe-export.ts";
import { describeIgnoredReasons } from "./describe-ignored-reasons.ts";
import { describeMisdirections } from "./describe-misdirections.ts";
import { indexDecisions } from "./index-decisions.ts";
import { lintConfigWithRooms } from "./architecture/write-lint-rules.ts";
import { architectureWithRooms } from "./architecture/write-room-table.ts";
import { describeQualityCodes } from "./describe-quality-codes.ts";
import { describeRejectionCodes } from "./describe-rejection-codes.ts";
import { describeSemanticConventions } from "./describe-semantic-conventions.ts";

/** A document that is made from code; `path` counts from the top of the repository. */
export interface GeneratedDocument {
  readonly path: string;
  readonly generate: () => string | Promise<string>;
}

const chart = "deploy/helm/spanledger";

/** Every generated document: `npm run docs` writes them, test/documents.test.ts fails if one is stale. */
export const generatedDocuments: readonly GeneratedDocument[] = [
  { path: "docs/environment.md", generate: describeEnvironment },
  { path: "docs/metrics.md", generate: describeMetrics },
  { path: "docs/alarm-codes.md", generate: describeAlarmCodes },
  { path: "docs/ignored-reasons.md", generate: describeIgnoredReasons },
  { path: "docs/misdirected-requests.md", generate: describeMisdirections },
  { path: "docs/rejection-codes.md", generate: describeRejectionCodes },
  { path: "docs/data-quality.md", generate: describeQualityCodes },
  { path: "docs/ai-calls.md", generate: describeAiCalls },
  { path: "docs/semantic-conventions.md", generate: describeSemanticConventions },
  { path: "examples/python-fastapi/business_event_functions.py", generate: () => writePython(typedEvents()) },
  { path: "examples/go-product/businessevents/functions.go", generate: () => writeGo(typedEvents()) },
  { path: "docs/exporting.md", generate: describeExport },
  { path: "docs/decisions/README.md", generate: indexDecisions },
  { path: "ARCHITECTURE.md", generate: architectureWithRooms },
  { path: ".oxlintrc.json", generate: lintConfigWithRooms },
  { path: "otel-collector.yaml", generate: writeFlagStatements },
  // After the file that it copies.
  { path: `${chart}/files/otel-collector.yaml`, generate: () => copyIntoChart("otel-collector.yaml") },
  {
    path: `${chart}/files/several-tenants.yaml`,
    generate: () => copyIntoChart("deploy/collector/several-tenants.yaml"),
  },
  { path: `${chart}/files/alerts.yaml`, generate: () => copyIntoChart("deploy/prometheus/alerts.yaml") },
  { path: `${chart}/values.schema.json`, generate: writeValuesSchema },
];

/** Where a path of the repository is on this machine. */
export function locateInRepository(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (import.meta.main) {
  for (const { path, generate } of generatedDocuments) {
    const text = await generate();
    const file = locateInRepository(path);
    const before = await readFile(file, "utf8").catch(() => undefined);
    if (before !== text) await writeFile(file, text);
    process.stdout.write(`${before === text ? "as it was " : "written   "} ${path}\n`);
  }
}
