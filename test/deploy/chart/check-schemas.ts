import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as gateway from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import * as monitoring from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import * as apps from "kubernetes-models/apps/v1";
import * as autoscaling from "kubernetes-models/autoscaling/v2";
import * as batch from "kubernetes-models/batch/v1";
import * as networking from "kubernetes-models/networking.k8s.io/v1";
import * as policy from "kubernetes-models/policy/v1";
import * as core from "kubernetes-models/v1";
import { checkTypes } from "../../support/check-types.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import type { Manifest } from "./render-chart.ts";

const modules = locateInRepository("node_modules");

type Models = Readonly<Record<string, new (data: unknown) => { validate(): void }>>;

/** Published schemas by group and version: Kubernetes' own, and those of two sets of CRDs. */
const schemas: Readonly<Record<string, unknown>> = {
  "apps/v1": apps,
  "autoscaling/v2": autoscaling,
  "batch/v1": batch,
  "gateway.networking.k8s.io/v1": gateway,
  "monitoring.coreos.com/v1": monitoring,
  "networking.k8s.io/v1": networking,
  "policy/v1": policy,
  v1: core,
};

/** The package that has them. */
const packages: Readonly<Record<string, string>> = {
  "gateway.networking.k8s.io/v1": "@kubernetes-models/gateway-api",
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator",
};

/** What the JSON schemas say against manifests: required fields, types, patterns, ranges. They pass over unknown fields. */
export function findSchemaProblems(manifests: readonly Manifest[]): string[] {
  const problems: string[] = [];
  for (const manifest of manifests) {
    const { apiVersion, kind } = manifest;
    const Model = (schemas[apiVersion] as Models | undefined)?.[kind];
    if (Model === undefined) throw new Error(`no schema is known of ${apiVersion} ${kind}`);
    try {
      new Model(manifest).validate();
    } catch (error) {
      problems.push(`${manifest.kind} ${manifest.metadata.name}: ${(error as Error).message}`);
    }
  }
  return problems;
}

/**
 * What the types of the same packages say: fields that do not exist, misspelt or in the wrong place, which a cluster would
 * ignore, and words that are not among those allowed.
 */
export async function findUnknownFields(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-manifests-"));
  try {
    const lines = manifests.map((manifest, index) => {
      const { apiVersion, kind } = manifest;
      const types = join(modules, packages[apiVersion] ?? "kubernetes-models", apiVersion, kind);
      return `export const m${index}: import(${JSON.stringify(types)}).I${kind} = ${JSON.stringify(manifest)};`;
    });
    const said = await checkTypes(folder, lines.join("\n"));
    return said.split("\n").flatMap((line) => {
      const [, number, message] =
        /^check\.ts\((\d+),\d+\): error \w+: (.*)$/.exec(line.replace(/^.*(?=check\.ts)/, "")) ?? [];
      const manifest = manifests[Number(number) - 1];
      if (manifest !== undefined) return [`${manifest.kind} ${manifest.metadata.name}: ${message}`];
      return line.includes("error TS") ? [line] : [];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
