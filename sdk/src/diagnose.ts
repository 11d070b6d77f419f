import { writeSync } from "node:fs";
import { diag } from "@opentelemetry/api";
import type { BusinessEventError } from "./business-event-error.ts";
import type { SenderNotice } from "./sending/deliver-batch.ts";

/** Different things are shown up to this number, so that messages built from data fill no memory. */
const maxShown = 1000;
const shown = new Set<string>();

/** Writes a notice to OpenTelemetry's `diag`, once for each key. Never throws, whatever logger the product has set. */
export function showNotice(notice: SenderNotice): void {
  if (!isFirst(notice.key)) return;
  if (notice.loud === true) writeLine(notice.message);
  try {
    const logger = diag.createComponentLogger({ namespace: "@spanledger/sdk" });
    logger[notice.level](notice.message);
  } catch {
    // The product's logger threw.
  }
}

/** Writes wrong use to `diag`, once for each event, attribute and code. */
export function reportProblem(problem: BusinessEventError): void {
  const { code, eventName, attribute, message } = problem;
  showNotice({ level: "warn", key: `${code}\0${eventName}\0${attribute ?? ""}`, message });
}

/** What matters even where nobody has set up `diag`: a Node warning, once for each code. */
export function warnProcess(code: string, message: string): void {
  if (!isFirst(code)) return;
  process.emitWarning(message, { type: "SpanledgerWarning", code });
}

/**
 * The last words of a process that loses events: written at once, because nothing asynchronous
 * happens any more, and whether or not `diag` is set up, because nobody could find out otherwise.
 */
export function writeLastWords(message: string): void {
  writeLine(message);
}

function writeLine(message: string): void {
  try {
    writeSync(2, `@spanledger/sdk: ${message.replaceAll(/\s+/g, " ")}\n`);
  } catch {
    // Nobody listens on stderr.
  }
}

function isFirst(key: string): boolean {
  if (shown.has(key) || shown.size >= maxShown) return false;
  shown.add(key);
  return true;
}
