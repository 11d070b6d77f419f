import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "../../deploy/setup/cache-folder.ts";
import { packSdk } from "./fresh-folder.ts";

const run = promisify(execFile);
const sdk = join(import.meta.dirname, "../../sdk");

/**
 * Lays out a product of `products/<name>/`: its files, those of `products/shop/` and the SDK as it would be published,
 * beside the packages that `npm run setup` installed in `installed`.
 * @returns the folder, to be removed by the test
 */
export async function layOutProduct(name: string, installed: string): Promise<string> {
  const folder = mkdtempSync(join(installed, "run-"));
  const products = join(import.meta.dirname, "products");
  cpSync(join(products, name), folder, { recursive: true });
  cpSync(join(products, "shop"), join(folder, "shop"), { recursive: true });
  cpSync(await unpackSdk(), join(folder, "node_modules/@spanledger/sdk"), { recursive: true });
  return folder;
}

/** The published package, unpacked: built once for the same sources, whichever test asks first. */
export async function unpackSdk(): Promise<string> {
  const parent = join(await findCacheFolder(), "sdk-packed");
  const hash = createHash("sha256");
  for (const file of filesBelow(sdk)) hash.update(file).update(readFileSync(join(sdk, file)));
  const target = join(parent, hash.digest("hex").slice(0, 16));
  mkdirSync(parent, { recursive: true });
  const lock = join(parent, "lock");
  while (!existsSync(target)) {
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    try {
      const unfinished = mkdtempSync(join(parent, "unfinished-"));
      await run("tar", ["-xzf", await packSdk(unfinished), "-C", unfinished]);
      if (!existsSync(target)) renameSync(join(unfinished, "package"), target);
      rmSync(unfinished, { recursive: true, force: true });
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return target;
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

/** Sources of the package, without what is built from them. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !/^(?:dist|node_modules)\//.test(file))
    .toSorted();
}
