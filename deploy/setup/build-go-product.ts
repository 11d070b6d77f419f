import { fileURLToPath } from "node:url";
import { buildGoProgram, findGoProgram, type GoProgram } from "./build-go-program.ts";

/** A product that uses the OpenTelemetry SDK for Go. */
const product: GoProgram = {
  name: "go-product",
  sources: fileURLToPath(new URL("../../examples/go-product/", import.meta.url)),
};

/** The product, if it was built before. */
export const findGoProduct = (): Promise<string | undefined> => findGoProgram(product);

/** Builds the product unless that was done before; see `buildGoProgram`. */
export const buildGoProduct = (say: (line: string) => void): Promise<string> => buildGoProgram(product, say);
