import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { longFunctions, maxFunctionLines } from "./long-functions.ts";
import { rooms, type Room } from "./rooms.ts";

const configFile = fileURLToPath(new URL("../../.oxlintrc.json", import.meta.url));
const sources = "collector-receiver/src";
/** The files of an override that this module wrote. */
const ofRooms = /^collector-receiver\/src\/[a-z-]+(?:\/\*){1,2}\.ts$/;

interface LintConfig {
  overrides: { files: string[]; rules: Record<string, unknown> }[];
}

/** @returns the linter's configuration with the overrides that keep each room to what it may import */
export async function lintConfigWithRooms(): Promise<string> {
  const config = JSON.parse(await readFile(configFile, "utf8")) as LintConfig;
  const others = config.overrides.filter(
    ({ files, rules }) => !files.every((file) => ofRooms.test(file)) && !("max-lines-per-function" in rules),
  );
  config.overrides = [...rooms.flatMap(overridesOf), ...others, ...overridesOfLength()];
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Tests may be long: a test tells one story. */
function overridesOfLength(): LintConfig["overrides"] {
  const sourceFiles = [
    "collector-receiver/src/**",
    "sdk/src/**",
    "deploy/**",
    "dashboards/**",
    "docs/**",
    "examples/**",
  ];
  const rule = (setting: unknown) => ({ "max-lines-per-function": setting });
  return [
    { files: [...sourceFiles, "bench/**"], rules: rule(["error", { max: maxFunctionLines }]) },
    { files: longFunctions.map(({ file }) => file), rules: rule("off") },
  ];
}

/** A specifier tells only how far up it goes, so files of each depth have their own pattern. */
function overridesOf(room: Room): LintConfig["overrides"] {
  return [1, 2].map((depth) => ({
    files: [`${sources}/${room.name}${"/*".repeat(depth)}.ts`],
    rules: { "no-restricted-imports": ["error", restrictionsOf(room, "../".repeat(depth))] },
  }));
}

function restrictionsOf(room: Room, up: string): unknown {
  const forbidden = rooms.filter(({ name }) => name !== room.name && !room.mayImport.includes(name));
  const message = `${room.name}/ may import ${room.mayImport.join(", ") || "no other room"} (docs/architecture/rooms.ts).`;
  const names = [...forbidden.map(({ name }) => name), "cli"].join("|");
  const common = room.pure === true ? ["invariant-error"] : ["invariant-error", "package-root"];
  // The linter's expressions are Rust's: one with (?!…) is left out without a word.
  const patterns: unknown[] = [
    { regex: `^${up.replaceAll(".", "\\.")}(?:${names})/`, message },
    { group: [`${up}*.ts`, ...common.map((file) => `!${up}${file}.ts`)], message },
  ];
  if (room.pure !== true) return { patterns };
  const pure = `${room.name}/ is pure: I/O belongs to the rooms at both ends.`;
  patterns.push({ group: ["node:fs", "node:fs/*", "node:http", "node:https", "node:net"], message: pure });
  patterns.push({ group: ["node:child_process", "node:worker_threads"], message: pure });
  const paths = ["pg", "pg-copy-streams", "ioredis", "fastify", "pino"].map((name) => ({ name, message: pure }));
  return { paths, patterns };
}
