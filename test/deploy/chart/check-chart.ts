import { readFile, readdir } from "node:fs/promises";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { findPodProblems } from "./check-pods.ts";
import { findBrokenReferences, findUndeclared, type Existing } from "./check-references.ts";
import { findSchemaProblems } from "./check-schemas.ts";
import type { Manifest } from "./render-chart.ts";

const read = (path: string): Promise<string> => readFile(locateInRepository(path), "utf8");

/** Names of the examples of values, which users may copy and the tests render. */
export const examples = (await readdir(locateInRepository("deploy/helm/values"))).toSorted();
export const locateValues = (example: string): string => locateInRepository(`deploy/helm/values/${example}`);

/** What the Collector's two files read from its environment. */
const collectorVariables = new Set(
  (await Promise.all(["otel-collector.yaml", "deploy/collector/several-tenants.yaml"].map(read)))
    .flatMap((text) => [...text.matchAll(/\$\{env:(\w+)/g)])
    .map(([, name = ""]) => name),
);

/** Every `{ name, key }` of the values: Secrets and ConfigMaps that are to exist. */
function declaredIn(values: unknown): Existing[] {
  if (typeof values !== "object" || values === null) return [];
  const { name, key } = values as Record<string, unknown>;
  const own = typeof name === "string" && typeof key === "string" && name !== "" ? [{ name, key }] : [];
  return [...own, ...Object.values(values).flatMap(declaredIn)];
}

/** All that the checks say against a rendered chart; the check of unknown fields takes a second more. */
export function findProblems(manifests: readonly Manifest[], values: unknown): string[] {
  return [
    ...findSchemaProblems(manifests),
    ...findBrokenReferences(manifests),
    ...findUndeclared(manifests, declaredIn(values), collectorVariables),
    ...findPodProblems(manifests),
  ];
}
