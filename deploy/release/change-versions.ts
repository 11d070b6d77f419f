import { ReleaseError } from "./release-error.ts";

/** Reads a file of the repository. */
export type ReadFile = (path: string) => string;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly workspaces?: readonly string[];
}

/** The version of the repository: that of its first package.json. */
export function readVersion(read: ReadFile): string {
  return (JSON.parse(read("package.json")) as Manifest).version;
}

/**
 * The files that hold our version, with another one: each package.json, ranges of our own packages, the lock file, what the SDK
 * says of itself, and the Helm chart.
 * @returns the new texts by path
 */
export function changeVersions(read: ReadFile, from: string, to: string): Map<string, string> {
  const changed = new Map<string, string>();
  const { workspaces = [] } = JSON.parse(read("package.json")) as Manifest;
  for (const folder of ["", ...workspaces]) {
    const path = folder === "" ? "package.json" : `${folder}/package.json`;
    const text = replaceOnce(read(path), `"version": "${from}"`, `"version": "${to}"`, path);
    changed.set(path, text.replaceAll(ownRange(from), `$1${to}"`));
  }
  changed.set("package-lock.json", changeLock(read("package-lock.json"), from, to));
  changed.set(
    "sdk/src/sdk-version.ts",
    replaceOnce(read("sdk/src/sdk-version.ts"), `"${from}"`, `"${to}"`, "sdk/src/sdk-version.ts"),
  );
  const chart = "deploy/helm/spanledger/Chart.yaml";
  const version = replaceOnce(read(chart), `\nversion: ${from}\n`, `\nversion: ${to}\n`, chart);
  changed.set(chart, replaceOnce(version, `\nappVersion: ${from}\n`, `\nappVersion: ${to}\n`, chart));
  return changed;
}

/** `"@spanledger/sdk": "^0.1.0"`: a range of 0.1 is not met by 0.2, and npm would ask its registry. */
const ownRange = (version: string): RegExp =>
  new RegExp(`("@spanledger/[a-z-]+": "[\\^~]?)${version.replaceAll(".", "\\.")}"`, "g");

function changeLock(text: string, from: string, to: string): string {
  const lock = JSON.parse(text) as { version: string; packages: Record<string, { version?: string }> };
  lock.version = to;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.startsWith("node_modules/") && entry.version === from) entry.version = to;
  }
  return `${JSON.stringify(lock, null, 2)}\n`.replaceAll(ownRange(from), `$1${to}"`);
}

function replaceOnce(text: string, search: string, replacement: string, path: string): string {
  if (text.split(search).length !== 2) {
    throw new ReleaseError(
      `${path} has to contain ${JSON.stringify(search)} exactly once: its version differs from the others.`,
    );
  }
  return text.replace(search, () => replacement);
}
