import { writeSync } from "node:fs";
import { diag } from "@opentelemetry/api";
import type { BusinessEventError } from "./business-event-error.ts";
import type { SenderNotice } from "./sending/deliver-batch.ts";
import { readSteadyMs } from "./steady-clock.ts";

/** Different things are shown up to this number, so that messages built from data fill no memory. */
const maxShown = 1000;
/** The same thing is said again after this time, in ms. */
const repeatMs = 10 * 60_000;

interface Shown {
  atMs: number;
  /** How often it happened since. */
  count: number;
}
const shown = new Map<string, Shown>();

const levels = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 4, all: 4 } as const;

/** The product's `onError`. */
let listener: ((error: Error) => unknown) | null = null;

export function setErrorListener(onError: ((error: Error) => unknown) | null): void {
  listener = onError;
}

/** Tells the product, whatever that does. */
function tell(problem: Error): void {
  try {
    Promise.resolve(listener?.(problem)).catch(() => undefined);
  } catch {
    // The product's function threw.
  }
}

/** What is written to stderr: `SPANLEDGER_LOG`, else `OTEL_LOG_LEVEL`; unset, only what nobody could find out otherwise. */
function writtenLevel(): number | null {
  for (const name of ["SPANLEDGER_LOG", "OTEL_LOG_LEVEL"]) {
    const level = process.env[name]?.trim().toLowerCase() ?? "";
    if (Object.hasOwn(levels, level)) return levels[level as keyof typeof levels];
  }
  return null;
}

function isWritten(notice: Pick<SenderNotice, "level" | "loud">): boolean {
  const asked = writtenLevel();
  return asked === null ? notice.loud === true : levels[notice.level] <= asked;
}

/**
 * Writes a notice to OpenTelemetry's `diag` and, as one line, to stderr: the first time and every ten minutes, by its
 * key. Never throws, whatever logger the product has set.
 */
export function showNotice(notice: SenderNotice): void {
  const times = countIfDue(notice.key);
  if (times === null) return;
  const message = times > 1 ? `${notice.message} (${times} times since this was last said)` : notice.message;
  if (isWritten(notice)) writeLine(message);
  if (notice.loud === true) tell(notice.error ?? new Error(message));
  try {
    const logger = diag.createComponentLogger({ namespace: "@spanledger/sdk" });
    logger[notice.level](message);
  } catch {
    // The product's logger threw.
  }
}

/** Says what is wrong with a call, once for each event, attribute and code; on stderr too, except in production. */
export function reportProblem(problem: BusinessEventError): void {
  const { code, eventName, attribute, message } = problem;
  // A cut value is not a mistake of the caller.
  const loud = code !== "value_cut" && process.env["NODE_ENV"] !== "production";
  showNotice({ level: "warn", key: `${code}\0${eventName}\0${attribute ?? ""}`, message, loud, error: problem });
}

/** Says what a product should read in any case; `code` is what it can search for. */
export function warnProduct(code: string, message: string): void {
  showNotice({ level: "warn", key: code, message: `${message} [${code}]`, loud: true });
}

/**
 * The last words of a process that loses events: written at once, because nothing asynchronous
 * happens any more, and whether or not `diag` is set up, because nobody could find out otherwise.
 */
export function writeLastWords(message: string): void {
  if (isWritten({ level: "error", loud: true })) writeLine(message);
}

function writeLine(message: string): void {
  try {
    writeSync(2, `@spanledger/sdk: ${message.replaceAll(/\s+/g, " ")}\n`);
  } catch {
    // Nobody listens on stderr.
  }
}

/** How often it happened since it was last said, this time included; null if it is not to be said again yet. */
function countIfDue(key: string): number | null {
  const now = readSteadyMs();
  const before = shown.get(key);
  if (before === undefined) {
    if (shown.size >= maxShown) return null;
    shown.set(key, { atMs: now, count: 0 });
    return 1;
  }
  before.count += 1;
  if (now - before.atMs < repeatMs) return null;
  const { count } = before;
  before.atMs = now;
  before.count = 0;
  return count;
}
