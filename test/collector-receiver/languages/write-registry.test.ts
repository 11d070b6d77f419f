import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { loadDefinitions } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { typedEvents, type TypedEvents } from "../../../collector-receiver/src/languages/typed-events.ts";
import {
  writeOwnRegistry,
  writeRegistry,
  type RegistryFile,
} from "../../../collector-receiver/src/languages/write-registry.ts";
import { packageVersion } from "../../../collector-receiver/src/package-root.ts";
import { eventCatalogue } from "../../../sdk/src/event-catalogue.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { spanledgerIn } from "../cli/run-cli.ts";
import { hardDefinitions, ownDefinitions } from "./own-definitions.ts";

const fixture = join(import.meta.dirname, "../../fixtures/semantic-convention-subset.schema.json");
const isAsSpecified = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(fixture, "utf8")) as object);
const ownConfig = join(import.meta.dirname, "../../../examples/own-metrics/spanledger.config.ts");

interface Attribute {
  readonly id: string;
  readonly type: string | { readonly members: readonly { readonly id: string; readonly value: string }[] };
}

interface Group {
  readonly id: string;
  readonly type: "attribute_group" | "event";
  readonly name?: string;
  readonly attributes: readonly (Attribute & { readonly ref?: string; readonly requirement_level?: string })[];
}

interface Registry {
  readonly manifest: Record<string, unknown>;
  readonly events: Map<string, Group>;
  readonly attributes: Map<string, Attribute>;
  readonly imported: readonly string[];
}

/** Reads a registry's files, each of which must be as OpenTelemetry's syntax says; ids occur once. */
function readRegistry(files: readonly RegistryFile[]): Registry {
  const manifest = parse(files.find(({ path }) => path === "manifest.yaml")!.text) as Record<string, unknown>;
  const documents = files
    .filter(({ path }) => path !== "manifest.yaml")
    .map(({ text }) => parse(text) as { groups: Group[]; imports?: { events: string[] } });
  for (const document of documents) {
    isAsSpecified(document);
    expect(isAsSpecified.errors ?? []).toEqual([]);
  }
  const groups = documents.flatMap((document) => document.groups);
  expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
  const attributes = groups.filter(({ type }) => type === "attribute_group").flatMap((group) => group.attributes);
  const byId = new Map(attributes.map((attribute) => [attribute.id, attribute]));
  expect(byId.size).toBe(attributes.length);
  return {
    manifest,
    events: new Map(groups.filter(({ type }) => type === "event").map((group) => [group.name!, group])),
    attributes: byId,
    imported: documents.flatMap((document) => document.imports?.events ?? []),
  };
}

/** Each event refers to its attributes, which are defined in this registry or the one before it. */
function expectEvents(registry: Registry, { events }: TypedEvents, own: boolean, known: Registry): void {
  const expected = events.filter((event) => event.own === own);
  expect([...registry.events.keys()]).toEqual(expected.map(({ name }) => name));
  for (const { name, attributes } of expected) {
    const references = registry.events.get(name)!.attributes;
    expect(references.map(({ ref, requirement_level }) => [ref, requirement_level])).toEqual(
      attributes.map((attribute) => [attribute.name, attribute.required ? "required" : "recommended"]),
    );
    for (const { ref } of references) expect(registry.attributes.has(ref!) || known.attributes.has(ref!)).toBe(true);
  }
}

test("the registry has each event of the catalogue, its attributes with their types, and their words", () => {
  const typed = typedEvents();
  const registry = readRegistry(writeRegistry(typed, "0.2.0"));
  expect(registry.manifest).toEqual({
    schema_url: "https://spanledger.local/schemas/catalogue/0.2.0",
    description: "Spanledger's business events.",
    stability: "development",
  });
  expectEvents(registry, typed, false, registry);
  expect(registry.attributes.get("agent_id")).toEqual({
    id: "agent_id",
    type: "int",
    stability: "development",
    brief: "Human agent",
    examples: [7],
  });
  const channel = registry.attributes.get("channel")!.type as {
    readonly members: readonly { readonly value: string }[];
  };
  const words = typed.lists.find(({ key }) => key === "channel")!.words;
  expect(channel.members.map(({ value }) => value)).toEqual(words);
  // Two events have two lists for it.
  expect(registry.attributes.get("to_status")!.type).toBe("string");
});

test("the registry of any config refers to the catalogue's, and every name and word is as it was", () => {
  fc.assert(
    fc.property(ownDefinitions, (own) => {
      const typed = typedEvents(own);
      const base = readRegistry(writeRegistry(typed, "1.2.3"));
      const registry = readRegistry(writeOwnRegistry(typed, "1.2.3", "../spanledger"));
      expectEvents(base, typed, false, base);
      expectEvents(registry, typed, true, base);
      expect([...registry.attributes.keys()].filter((id) => base.attributes.has(id))).toEqual([]);
      expect(registry.imported).toEqual(Object.keys(eventCatalogue));
      for (const { id, type } of registry.attributes.values()) {
        const uses = typed.events.flatMap(({ attributes }) => attributes).filter(({ name }) => name === id);
        if (typeof type === "string") {
          expect(type).toBe(new Set(uses.map((use) => use.type)).size > 1 ? "any" : uses[0]!.type);
          continue;
        }
        const { words } = typed.lists.find(({ key }) => key === uses[0]!.list)!;
        expect(type.members.map(({ value }) => value)).toEqual(words.map((word) => word.toWellFormed()));
        expect(new Set(type.members.map((member) => member.id)).size).toBe(words.length);
      }
    }),
    { examples: [[hardDefinitions]] },
  );
});

test("spanledger generate registry writes the catalogue's and the config's, one folder each", async () => {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const { code, stderr } = await spanledgerIn(folder, {}, "generate", "registry", "--config", ownConfig);
  expect([code, stderr]).toEqual([0, ""]);
  const read = (name: string): RegistryFile[] =>
    readdirSync(join(folder, name)).map((path) => ({ path, text: readFileSync(join(folder, name, path), "utf8") }));
  const typed = typedEvents(await loadDefinitions(ownConfig, new Set()));
  const base = readRegistry(read("spanledger"));
  const own = readRegistry(read("own"));
  expectEvents(base, typed, false, base);
  expectEvents(own, typed, true, base);
  expect(own.manifest["dependencies"]).toEqual([
    { schema_url: `https://spanledger.local/schemas/catalogue/${packageVersion}`, registry_path: "../spanledger" },
  ]);
  expect(own.manifest["schema_url"]).not.toBe(base.manifest["schema_url"]);
});
