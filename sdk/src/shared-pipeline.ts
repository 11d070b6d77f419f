import workerThreads from "node:worker_threads";
import { HttpWatch } from "./http-events.ts";
import { Pipeline } from "./pipeline.ts";
import { OrderedListeners } from "./process-end/listener-order.ts";
import { watchExit } from "./process-end/watch-exit.ts";
import { SignalWatch } from "./process-end/watch-signals.ts";
import { watchThrow } from "./process-end/watch-throw.ts";

/**
 * Two copies of this package in one process (an ESM and a CommonJS one, or two versions) share one
 * pipeline: whoever is loaded first makes it. The number is that of the pipeline's own interface and
 * changes only when copies can no longer share.
 */
const registryKey = Symbol.for("@spanledger/sdk.pipeline.3");

/**
 * Where copies find each other: the object of a built-in module. Jest gives each test file a global object of its own,
 * and hence would start a sender for each; built-in modules are the process's.
 */
const registry = workerThreads as { [registryKey]?: Pipeline };

function acquire(): Pipeline {
  const present = registry[registryKey];
  if (present !== undefined) return present;
  const created = createPipeline();
  try {
    Object.defineProperty(registry, registryKey, { value: created });
  } catch {
    // Frozen: each copy has its own.
  }
  return created;
}

function createPipeline(): Pipeline {
  const created = new Pipeline(workerThreads.isMainThread);
  const listeners = new OrderedListeners();
  const signals = new SignalWatch(created, listeners);
  const http = new HttpWatch(created.recorder);
  watchExit(created, listeners);
  watchThrow(created);
  created.onRunning = (config) => {
    if (config?.handleSignals === true) signals.start();
    else signals.stop();
    http.watch(config?.httpEvents ?? []);
  };
  return created;
}

/** The pipeline of this process. */
export const pipeline: Pipeline = acquire();
