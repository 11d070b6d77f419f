import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm } from "node:fs/promises";
import { readdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";

const run = promisify(execFile);
const products = fileURLToPath(new URL("../../test/sdk/products/", import.meta.url));
const manifests = ["package.json", "package-lock.json"] as const;

/** Products with packages of their own, on which the SDK is tested: the folders of test/sdk/products with a lock file. */
export const sdkProducts: readonly string[] = readdirSync(products)
  .filter((name) => existsSync(join(products, name, "package-lock.json")))
  .toSorted();

/** The folder in which that product's packages are installed, if `npm run setup` did that before. */
export async function findSdkProduct(name: string): Promise<string | undefined> {
  const folder = await locate(name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Finds that folder, or installs the product's packages as its lock file has them, without their install scripts.
 * @throws where npm cannot install them
 */
export async function obtainSdkProduct(name: string, say: (line: string) => void): Promise<string> {
  const target = await locate(name);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  for (const file of manifests) await copyFile(join(products, name, file), join(unfinished, file));
  say(`installing the packages of the SDK's test product ${name}`);
  try {
    await run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: unfinished });
    // What is there is complete, also if two install it at once.
    await mkdir(dirname(target), { recursive: true });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Other packages, another folder. */
async function locate(name: string): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of manifests) hash.update(await readFile(join(products, name, file)));
  return join(await findCacheFolder(), "sdk-products", name, hash.digest("hex").slice(0, 16));
}
