import { globSync, readFileSync } from "node:fs";

const declaration =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/**
 * Finds names that two source files export. A reader who searches for a name should find one thing.
 * @param root the repository
 * @returns one sentence a name, empty if all are unique
 */
export function repeatedExports(root: string): string[] {
  const filesOf = new Map<string, string[]>();
  for (const file of globSync("{collector-receiver,sdk}/src/**/*.ts", { cwd: root }).toSorted()) {
    if (file.endsWith(".d.cts")) continue;
    for (const name of exportedNames(readFileSync(`${root}/${file}`, "utf8"))) {
      filesOf.set(name, [...(filesOf.get(name) ?? []), file]);
    }
  }
  return [...filesOf].filter(([, files]) => files.length > 1).map(([name, files]) => `${name}: ${files.join(", ")}`);
}

/** @returns each name once: overloads of a function are one export */
export function exportedNames(source: string): Set<string> {
  return new Set(Array.from(source.matchAll(declaration), ([, name]) => name as string));
}

if (import.meta.main) {
  const repeated = repeatedExports(process.cwd());
  for (const line of repeated) console.error(`exported twice: ${line}`);
  process.exitCode = repeated.length === 0 ? 0 : 1;
}
