import { resolve } from "node:path";
import { readHttpRules, type CompiledRule } from "./http-rules.ts";
import { chunkBytes } from "./recording/chunk.ts";
import type { AttributeBag } from "./recording/event-writer.ts";
import type { EventShape } from "./recording/event-shape.ts";
import { randomUuid } from "./random-uuid.ts";
import { sdkVersion } from "./sdk-version.ts";
import type { SenderSettings } from "./sending/sender-settings.ts";
import type { SpoolSettings } from "./spool/spool.ts";
import { OptionReader } from "./config/option-reader.ts";
import { readFlag, readMilliseconds, readText, runsUnderTests, type Environment } from "./config/read-environment.ts";
import { readFunction, readShape } from "./config/read-shape.ts";
import { resolveResource } from "./config/resolve-resource.ts";
import { resolveTarget } from "./config/resolve-target.ts";

/** What the start of the SDK works with, from options, environment and defaults. */
export interface ResolvedConfig {
  readonly disabled: boolean;
  /** Events are checked and go nowhere: a test runner's process in which nobody has named an endpoint. */
  readonly discards: boolean;
  readonly settings: SenderSettings;
  readonly shape: EventShape | null;
  readonly onError: ((error: Error) => unknown) | null;
  readonly waitUntil: ((promise: Promise<unknown>) => unknown) | null;
  readonly maxQueueBytes: number;
  /** Longest wait of the end of the process, in ms; Infinity for no limit. */
  readonly exitWaitMs: number;
  readonly strict: boolean;
  readonly inProcess: boolean;
  readonly handleSignals: boolean;
  readonly httpEvents: readonly CompiledRule[];
  /** What the product should read about its configuration. */
  readonly warnings: readonly string[];
}

/** What a thread in which nobody starts the SDK takes over from the main thread: all that can be cloned. */
export interface InheritedConfig extends Pick<
  ResolvedConfig,
  "disabled" | "discards" | "settings" | "maxQueueBytes" | "exitWaitMs" | "strict"
> {
  readonly defaults: AttributeBag;
}

/** Null if threads cannot do as the main thread does: a function of the product may have to see each event. */
export function bequeath(config: ResolvedConfig): InheritedConfig | null {
  const { disabled, discards, settings, maxQueueBytes, exitWaitMs, strict, shape } = config;
  if (shape !== null && !shape.isSharable) return null;
  try {
    const defaults = shape?.defaults ?? {};
    return structuredClone({ disabled, discards, settings, maxQueueBytes, exitWaitMs, strict, defaults });
  } catch {
    return null;
  }
}

/** The configuration of a thread that takes over what the main thread has. */
export function inherit(inherited: InheritedConfig, sourceId: string): ResolvedConfig {
  const { defaults, settings, ...others } = inherited;
  const hasDefaults = Object.keys(defaults).length > 0;
  return {
    ...others,
    settings: { ...settings, identity: { ...settings.identity, sourceId } },
    shape: hasDefaults ? { defaults, beforeSend: null, isEnabled: () => true, isSharable: true, tenant: null } : null,
    onError: null,
    waitUntil: null,
    inProcess: false,
    handleSignals: false,
    httpEvents: [],
    warnings: [],
  };
}

/** Random ids that outlive a second start. */
interface SourceIds {
  /** `spanledger.source.id` */
  readonly sourceId: string;
  /** `service.instance.id`, unless the product names one. */
  readonly instanceId: string;
}

const newIds = (): SourceIds => ({ sourceId: randomUuid(), instanceId: randomUuid() });

const MiB = 1024 * 1024;
/** A request ends at this size of its records, so that it stays far below 4 MiB. */
const maxRequestBytes = MiB;

/**
 * Options first, then the environment, then defaults. Never throws, whatever the options are: what cannot be
 * used is left out and named in `warnings`.
 */
export function resolveConfig(given: unknown, env: Environment, ids: SourceIds = newIds()): ResolvedConfig {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const options = new OptionReader(given, warn);
  const signal = options.oneOf("emit", ["span-event", "log-record"]) === "log-record" ? "logs" : "traces";
  const { target, isChosen } = resolveTarget(options, env, signal, warn);
  const maxQueueBytes = options.number("maxQueueBytes", {
    fallback: 64 * MiB,
    atLeast: 1,
    what: "a number of bytes from 1",
  });
  return {
    disabled: options.flag("disabled") ?? readFlag(env, "SPANLEDGER_DISABLED", warn) ?? false,
    settings: {
      identity: {
        sourceId: ids.sourceId,
        signal,
        resource: resolveResource(options, env, ids.instanceId, warn),
        sdkVersion,
      },
      target,
      maxBatchEvents: Math.floor(
        options.number("maxBatchEvents", { fallback: 512, atLeast: 1, what: "a number of events from 1" }),
      ),
      // A queue that cannot hold a full request must not be full before one is due.
      maxBatchBytes: Math.min(maxRequestBytes, Math.max(chunkBytes, maxQueueBytes) / 4),
      batchDelayMs: options.milliseconds("batchDelayMs", 1000),
      reportDelayMs: options.milliseconds("reportDelayMs", 30_000),
      spool: resolveSpool(options, env, warn),
    },
    discards: !isChosen && runsUnderTests(env),
    shape: readShape(options, false),
    onError: readFunction(options, "onError"),
    waitUntil: readFunction(options, "waitUntil"),
    maxQueueBytes,
    exitWaitMs: options.milliseconds("exitWaitMs", readMilliseconds(env, "SPANLEDGER_EXIT_WAIT_MS", warn) ?? 2000),
    strict: options.flag("strict") ?? env["NODE_ENV"] === "test",
    inProcess: options.flag("inProcess") ?? false,
    handleSignals: options.flag("handleSignals") ?? true,
    httpEvents: readHttpRules(options.read("httpEvents"), warn),
    warnings,
  };
}

function resolveSpool(options: OptionReader, env: Environment, warn: (message: string) => void): SpoolSettings | null {
  const directory = options.text("spoolDirectory") ?? readText(env, "SPANLEDGER_SPOOL_DIR");
  const maxBytes = options.number("maxSpoolBytes", {
    fallback: 1024 * MiB,
    atLeast: 1,
    what: "a number of bytes from 1",
  });
  if (directory === undefined) return null;
  try {
    return { directory: resolve(directory), maxBytes };
  } catch {
    // A relative folder in a working directory that was removed.
    warn(`the spool's folder "${directory}" cannot be found; events wait in memory`);
    return null;
  }
}
