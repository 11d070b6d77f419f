import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNodePackages, obtainNodePackages, type NodeProgram } from "./obtain-node-packages.ts";

const products = fileURLToPath(new URL("../../test/sdk/products/", import.meta.url));

/** Products with packages of their own, on which the SDK is tested: the folders of test/sdk/products with a lock file. */
export const sdkProducts: readonly string[] = readdirSync(products)
  .filter((name) => existsSync(join(products, name, "package-lock.json")))
  .toSorted();

const programOf = (name: string): NodeProgram => ({ kind: "sdk-products", sources: join(products, name) });

/** The folder in which that product's packages are installed, if `npm run setup` did that before. */
export const findSdkProduct = (name: string): Promise<string | undefined> => findNodePackages(programOf(name));

/** Finds that folder, or installs the packages; see `obtainNodePackages`. */
export const obtainSdkProduct = (name: string, say: (line: string) => void): Promise<string> =>
  obtainNodePackages(programOf(name), say);
