import { existsSync } from "node:fs";

/**
 * The file of the worker beside this module, or null where it is not there: a bundler has put this
 * module into another file. (`worker-location.cts` is the same for CommonJS.)
 */
export function locateWorker(): URL | null {
  const here: string | undefined = import.meta.url;
  if (typeof here !== "string" || !here.startsWith("file:")) return null;
  const extension = here.endsWith(".ts") ? "ts" : "js";
  const file = new URL(`./sending/send-worker.${extension}`, here);
  return existsSync(file) ? file : null;
}
