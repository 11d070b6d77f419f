import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import { wordsOfName } from "./code-names.ts";
import { describeAttribute, oneLine } from "./describe-attribute.ts";
import type { TypedAttribute, TypedEvent, TypedEvents } from "./typed-events.ts";

/** A YAML file of a registry; `path` counts from the folder of the registry. */
export interface RegistryFile {
  readonly path: string;
  readonly text: string;
}

/** Names registries as OpenTelemetry's schema URLs do: the version comes last. It need not lead anywhere. */
const schemaUrl = (name: string, version: string): string => `https://spanledger.local/schemas/${name}/${version}`;

/**
 * Writes the catalogue as a registry of semantic conventions in OpenTelemetry's YAML, as `weaver` reads it.
 * @param version of Spanledger
 */
export function writeRegistry(events: TypedEvents, version: string): RegistryFile[] {
  const catalogue = select(events, false);
  return [
    writeManifest("Spanledger's business events.", schemaUrl("catalogue", version), null),
    { path: "attributes.yaml", text: writeFile([attributeGroup("registry.spanledger", catalogue, events)]) },
    { path: "events.yaml", text: writeFile(catalogue.map((event) => eventGroup(event, events))) },
  ];
}

/**
 * Writes the events of a config as a registry of their own, which depends on the catalogue's: it refers to the attributes
 * that are there, and imports the catalogue's events.
 * @param registryPath folder of the catalogue's registry, from the folder of this one
 */
export function writeOwnRegistry(events: TypedEvents, version: string, registryPath: string): RegistryFile[] {
  const own = select(events, true);
  const known = new Set(select(events, false).flatMap(({ attributes }) => attributes.map(({ name }) => name)));
  const added = own.map((event) => ({ ...event, attributes: event.attributes.filter(({ name }) => !known.has(name)) }));
  const definitions = added.some(({ attributes }) => attributes.length > 0)
    ? [attributeGroup("registry.spanledger.own", added, events)]
    : [];
  return [
    writeManifest("Business events of a product.", schemaUrl("own", version), {
      schemaUrl: schemaUrl("catalogue", version),
      registryPath,
    }),
    {
      path: "events.yaml",
      text: writeFile([...definitions, ...own.map((event) => eventGroup(event, events))], Object.keys(eventCatalogue)),
    },
  ];
}

const select = ({ events }: TypedEvents, own: boolean): TypedEvent[] => events.filter((event) => event.own === own);

interface Dependency {
  readonly schemaUrl: string;
  readonly registryPath: string;
}

function writeManifest(description: string, url: string, dependency: Dependency | null): RegistryFile {
  const lines = [`schema_url: ${quote(url)}`, `description: ${quote(description)}`, "stability: development"];
  if (dependency !== null) {
    lines.push("dependencies:", `  - schema_url: ${quote(dependency.schemaUrl)}`);
    lines.push(`    registry_path: ${quote(dependency.registryPath)}`);
  }
  return { path: "manifest.yaml", text: `${madeBy}${lines.join("\n")}\n` };
}

const madeBy = "# Made by `spanledger generate registry`; do not edit.\n";

function writeFile(groups: readonly (readonly string[])[], imported: readonly string[] = []): string {
  const imports =
    imported.length === 0 ? [] : ["imports:", "  events:", ...imported.map((name) => `    - ${quote(name)}`)];
  return `${madeBy}${["groups:", ...groups.flat(), ...imports].join("\n")}\n`;
}

/** Each attribute once. In a registry a name means the same everywhere, so differences go into the notes of the events. */
function attributeGroup(id: string, events: readonly TypedEvent[], all: TypedEvents): string[] {
  const byName = Map.groupBy(
    events.flatMap(({ attributes }) => attributes),
    ({ name }) => name,
  );
  return [
    `  - id: ${id}`,
    "    type: attribute_group",
    `    brief: ${quote("Attributes of business events.")}`,
    "    attributes:",
    ...[...byName].flatMap(([name, uses]) => [
      `      - id: ${quote(name)}`,
      ...writeType(uses, all).map((line) => `        ${line}`),
      "        stability: development",
      `        brief: ${quote(oneLine(uses[0]!.meaning))}`,
      ...writeExamples(uses),
    ]),
  ];
}

/** The type of all uses of an attribute: "any" if they differ, a list of words if all have the same one. */
function writeType(uses: readonly TypedAttribute[], { lists }: TypedEvents): string[] {
  const types = new Set(uses.map(({ type }) => type));
  if (types.size > 1) return ["type: any"];
  const keys = new Set(uses.map(({ list }) => list));
  const list = keys.size === 1 ? lists.find(({ key }) => keys.has(key)) : undefined;
  if (list === undefined) return [`type: ${uses[0]!.type}`];
  return [
    "type:",
    "  members:",
    ...nameMembers(list.words).flatMap(([id, word]) => [
      `    - id: ${quote(id)}`,
      `      value: ${quote(word)}`,
      "      stability: development",
    ]),
  ];
}

/** Ids that generators of code can use: letters, digits and underscores, each once. */
function nameMembers(words: readonly string[]): [id: string, word: string][] {
  const taken = new Set<string>();
  return words.map((word) => {
    const wanted = wordsOfName(word).join("_") || "word";
    let id = wanted;
    for (let number = 2; taken.has(id); number++) id = `${wanted}_${number}`;
    taken.add(id);
    return [id, word];
  });
}

/** weaver asks for examples of texts that have no list. */
function writeExamples(uses: readonly TypedAttribute[]): string[] {
  const given = uses.filter(({ example }) => example !== undefined);
  const examples = new Set(given.map(({ type, example }) => writeExample(type, example!)));
  if (examples.size > 0) return [`        examples: [${[...examples].join(", ")}]`];
  return uses.some(({ type }) => type === "string") ? [`        examples: ["text"]`] : [];
}

/** A whole number of a double has a decimal point: YAML tells them apart by it. */
function writeExample(type: TypedAttribute["type"], example: string | number | boolean): string {
  if (typeof example === "string") return quote(example);
  return type === "double" && Number.isSafeInteger(example) ? `${example}.0` : String(example);
}

function eventGroup(event: TypedEvent, { lists }: TypedEvents): string[] {
  return [
    `  - id: ${quote(`event.${event.name}`)}`,
    "    type: event",
    `    name: ${quote(event.name)}`,
    `    brief: ${quote(`${oneLine(event.meaning)}.`)}`,
    "    stability: development",
    "    attributes:",
    ...event.attributes.flatMap((attribute) => {
      const words = lists.find(({ key }) => key === attribute.list)?.words;
      const usual = words === undefined ? "" : ` Usual words: ${words.map((word) => oneLine(word)).join(", ")}.`;
      return [
        `      - ref: ${quote(attribute.name)}`,
        `        requirement_level: ${attribute.required ? "required" : "recommended"}`,
        `        brief: ${quote(describeAttribute(attribute))}`,
        `        note: ${quote(`Type: ${attribute.type}.${usual}`)}`,
      ];
    }),
  ];
}

/** JSON's texts are YAML's, apart from what YAML refuses unescaped: DEL, C1 controls, line separators, the mark of byte order. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
