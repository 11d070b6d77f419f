import { rmSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import { findSdkProduct } from "../../deploy/setup/obtain-sdk-products.ts";
import { describeWith } from "../support/describe-with.ts";
import { layOutProduct } from "./product-folder.ts";

/** A product that tests run; its paths are known in hooks and tests. */
export interface LaidOutProduct {
  /** Its files, with the SDK as it would be published among its packages. */
  readonly folder: string;
  /** Where `npm run setup` has installed its packages. */
  readonly installed: string;
}

/** Thousands of small files: on a busy machine that takes a while. */
const layOutMs = 240_000;

/** Tests with the product of `products/<name>/`, which is laid out before them and removed after them. */
export async function describeProduct(name: string, tests: (laidOut: LaidOutProduct) => void): Promise<void> {
  describeWith(`the packages of test/sdk/products/${name} (npm run setup)`, await findSdkProduct(name), (installed) => {
    let folder = "";
    const laidOut: LaidOutProduct = {
      get folder() {
        return folder;
      },
      get installed() {
        return installed();
      },
    };
    beforeAll(async () => {
      folder = await layOutProduct(name, installed());
    }, layOutMs);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    tests(laidOut);
  });
}
