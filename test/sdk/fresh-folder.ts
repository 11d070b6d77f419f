import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packWorkspace, runNpm } from "../../deploy/packages/pack-workspace.ts";

/** Packs the SDK as it would be published; returns the tarball. */
export const packSdk = (into: string): Promise<string> => packWorkspace("sdk", into);

/** An empty folder outside the workspace. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "spanledger-sdk-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A product of its own: package.json, what it installs, and its files. */
export async function makeProduct(
  parent: string,
  name: string,
  packages: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true }));
  await runNpm(["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], folder);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}
