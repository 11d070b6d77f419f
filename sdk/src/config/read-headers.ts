import { setOwn } from "../recording/copy-attributes.ts";
import { showValue } from "../recording/show-value.ts";
import { decodePercent } from "./read-environment.ts";

export type Headers = Record<string, string>;

/** Headers of the request itself: another value would make it one that nobody can read. */
const ownHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * HTTP headers from an object, a `Headers`, a `Map` or a list of pairs. What Node could not send is left out
 * and named to `warn`, never with its value, which may be a secret. Never throws.
 */
export function readHeaders(given: unknown, origin: string, warn: (message: string) => void): Headers {
  const headers: Headers = {};
  for (const [name, value] of readPairs(given, origin, warn)) addHeader(headers, name, value, origin, warn);
  return headers;
}

/** `key=value,key=value` with percent-encoded parts, as OpenTelemetry's variables have it. */
export function parseHeaders(text: string | undefined, variable: string, warn: (message: string) => void): Headers {
  const headers: Headers = {};
  for (const part of (text ?? "").split(",")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    if (at < 1) warn(`${variable} has a part that is not a header (name=value); it is left out`);
    else
      addHeader(
        headers,
        decodePercent(part.slice(0, at).trim()),
        decodePercent(part.slice(at + 1).trim()),
        variable,
        warn,
      );
  }
  return headers;
}

function readPairs(given: unknown, origin: string, warn: (message: string) => void): [unknown, unknown][] {
  if (given === undefined || given === null) return [];
  try {
    if (typeof given !== "object") throw new TypeError("not an object");
    if (!(Symbol.iterator in given)) return Object.entries(given);
    // Whoever iterates without an end is not waited for.
    const pairs: [unknown, unknown][] = [];
    for (const pair of given as Iterable<[unknown, unknown]>) {
      pairs.push([pair[0], pair[1]]);
      if (pairs.length === maxHeaders) break;
    }
    return pairs;
  } catch {
    warn(`${origin} has to be an object, a Headers, a Map or a list of [name, value], not ${showValue(given)}`);
    return [];
  }
}

const maxHeaders = 1000;

function addHeader(
  headers: Headers,
  name: unknown,
  value: unknown,
  origin: string,
  warn: (message: string) => void,
): void {
  if (typeof name !== "string" || !/^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/.test(name)) {
    warn(`${origin} has a header whose name is not valid (${showValue(name)}); it is left out`);
    return;
  }
  // An absent value is an absent header: `{ authorization: process.env.KEY }`.
  if (value === undefined || value === null) return;
  const key = name.toLowerCase();
  if (ownHeaders.has(key)) {
    warn(`${origin} has the header ${key}, which the SDK sets itself; it is left out`);
    return;
  }
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    warn(`${origin}: the value of the header ${key} has to be a text, not ${typeof value}; it is left out`);
    return;
  }
  const text = String(value);
  const trimmed = text.replaceAll(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[^\t\x20-\x7e\x80-\xff]/.test(trimmed)) {
    warn(
      `${origin}: the value of the header ${key} has a line break or a character that HTTP cannot carry; it is left out`,
    );
    return;
  }
  if (/^[\n\r]|[\n\r]$/.test(text)) warn(`${origin}: the line break around the value of the header ${key} is removed`);
  setOwn(headers, key, trimmed);
}
