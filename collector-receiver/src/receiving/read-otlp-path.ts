import type { OtlpSignal } from "../otlp/otlp-carrier.ts";
import type { Misdirection } from "./misdirections.ts";

/** Where a request was meant to go. */
export interface OtlpPath {
  readonly signal: OtlpSignal | "metrics";
  /** How the path differs from the one that is documented; null if it does not. */
  readonly slip: Misdirection | null;
}

const signals = new Map<string, OtlpPath["signal"]>([
  ["traces", "traces"],
  ["logs", "logs"],
  ["metrics", "metrics"],
  ["trace", "traces"],
  ["log", "logs"],
  ["metric", "metrics"],
]);

/**
 * Reads the address of a request as exporters write it: base addresses get slashes, and paths that the exporter adds once more.
 * @param url of the request line; a proxy's client writes it with scheme and host (RFC 9112, section 3.2.2)
 * @returns "unknown" if nothing lies there below `/v1`; undefined if it does not lie there
 */
export function readOtlpPath(url: string): OtlpPath | "unknown" | undefined {
  const path = decodedPath(url);
  const parts = path.split("/");
  const words = parts.filter((part) => part !== "");
  if (words[0]?.toLowerCase() !== "v1") return undefined;
  const last = words.at(-1)!;
  const signal = signals.get(last);
  const isRead = words.every((word, at) => (word === "v1" ? true : signals.has(word) && words[at - 1] === "v1"));
  if (signal === undefined || !isRead) return "unknown";
  return { signal, slip: slipOf(words, path, last !== signal) };
}

function slipOf(words: readonly string[], path: string, isSingular: boolean): Misdirection | null {
  if (words.length > 2) return "doubled_path";
  if (isSingular) return "singular_path";
  if (path.includes("//")) return "double_slash";
  return path.endsWith("/") ? "trailing_slash" : null;
}

function decodedPath(url: string): string {
  const path = pathOf(url);
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Without scheme, host and query. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}
