import { Pipeline } from "./pipeline.ts";
import { watchProcessEnd } from "./watch-process-end.ts";

/**
 * Two copies of this package in one process (an ESM and a CommonJS one, or two versions) share one
 * pipeline: whoever is loaded first makes it. The number is that of the pipeline's own interface and
 * changes only when copies can no longer share.
 */
const registryKey = Symbol.for("@spanledger/sdk.pipeline.1");

type Registry = { [registryKey]?: Pipeline };

function acquire(): Pipeline {
  const registry = globalThis as Registry;
  const present = registry[registryKey];
  if (present !== undefined) return present;
  const pipeline = new Pipeline();
  Object.defineProperty(registry, registryKey, { value: pipeline });
  watchProcessEnd(pipeline);
  return pipeline;
}

/** The pipeline of this process. */
export const pipeline: Pipeline = acquire();
