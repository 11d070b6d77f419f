import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findDefinitionsFile, loadDefinitions } from "../catalogue/load-definitions.ts";
import { typedEvents, type TypedEvents } from "../languages/typed-events.ts";
import { writeGo } from "../languages/write-go.ts";
import { writePython } from "../languages/write-python.ts";
import { writeOwnRegistry, writeRegistry } from "../languages/write-registry.ts";
import { packageVersion } from "../package-root.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

export interface GenerateOptions {
  readonly config?: string;
  readonly out?: string;
}

/** A file that is generated; `path` counts from the folder of `--out`. */
interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const generators = {
  python: (events: TypedEvents): GeneratedFile[] => [
    { path: "business_event_functions.py", text: writePython(events) },
  ],
  go: (events: TypedEvents): GeneratedFile[] => [{ path: "functions.go", text: writeGo(events) }],
  registry: (events: TypedEvents): GeneratedFile[] => {
    const under = (folder: string, files: readonly GeneratedFile[]): GeneratedFile[] =>
      files.map(({ path, text }) => ({ path: join(folder, path), text }));
    return [
      ...under("spanledger", writeRegistry(events, packageVersion)),
      ...(events.events.some(({ own }) => own)
        ? under("own", writeOwnRegistry(events, packageVersion, "../spanledger"))
        : []),
    ];
  },
} as const;

export type GeneratedLanguage = keyof typeof generators;

/**
 * `spanledger generate`: writes typed functions of all events, those of a config included, or a registry of them.
 * @throws DefinitionsError if the config is wrong
 * @throws CommandError `folder_not_writable`
 */
export async function runGenerate(
  language: GeneratedLanguage,
  { config, out = "." }: GenerateOptions,
): Promise<number> {
  const file = findDefinitionsFile(config ?? process.env["SPANLEDGER_CONFIG"], process.cwd());
  // Whether a metric's key is taken is the receiver's to say.
  const definitions = file === null ? undefined : await loadDefinitions(file, new Set());
  const folder = resolve(out);
  for (const { path, text } of generators[language](typedEvents(definitions))) {
    const target = join(folder, path);
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    } catch (error) {
      const { message } = error as Error;
      throw new CommandError(
        "folder_not_writable",
        `cannot write ${target} (${message}). Name a folder that you may write to: --out FOLDER.`,
      );
    }
    print(`wrote ${target}\n`);
  }
  return 0;
}
