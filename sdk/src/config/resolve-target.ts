import { URL } from "node:url";
import { Buffer } from "node:buffer";
import type { PostTarget } from "../sending/post-request.ts";
import type { OptionReader } from "./option-reader.ts";
import { readConnection } from "./read-connection.ts";
import { decodePercent, readText, type Environment } from "./read-environment.ts";
import { parseHeaders, readHeaders, type Headers } from "./read-headers.ts";

/** OpenTelemetry's own default for OTLP/HTTP. */
const defaultEndpoint = "http://localhost:4318";

const defaultOrigin = "the default";

/** Where the signals of one start go, and with which headers. */
interface Endpoint {
  readonly text: string;
  /** Where it was read, for messages. */
  readonly origin: string;
  readonly headers: Headers;
  /** The whole URL, and not the base to which `/v1/traces` is added. */
  readonly isComplete: boolean;
}

/**
 * The address to which requests are posted. The first of these that is set: the option `endpoint`,
 * `SPANLEDGER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (or `LOGS`), `OTEL_EXPORTER_OTLP_ENDPOINT`.
 * Each is sent its own headers only: a key for one receiver never reaches another. `isChosen` is false if none
 * of them is set.
 */
export function resolveTarget(
  options: OptionReader,
  env: Environment,
  signal: "traces" | "logs",
  warn: (message: string) => void,
): { readonly target: PostTarget; readonly isChosen: boolean } {
  const endpoint = findEndpoint(options, env, signal, warn);
  const url = signalUrl(endpoint, signal, warn);
  const headers = {
    ...takeCredentials(url),
    ...endpoint.headers,
    ...readHeaders(options.read("headers"), "the option headers", warn),
  };
  const timeoutMs = options.milliseconds("requestTimeoutMs", 10_000) || Infinity;
  const connection = readConnection(env, url, signal, process.versions.node, warn);
  return { target: { url: url.href, headers, timeoutMs, ...connection }, isChosen: endpoint.origin !== defaultOrigin };
}

function findEndpoint(
  options: OptionReader,
  env: Environment,
  signal: "traces" | "logs",
  warn: (message: string) => void,
): Endpoint {
  const headersOf = (variable: string): Headers => parseHeaders(readText(env, variable), variable, warn);
  const ownHeaders = "SPANLEDGER_OTLP_HEADERS";
  const option = options.textOrUrl("endpoint", "an http or https URL");
  if (option !== undefined) {
    return { text: option, origin: "the option endpoint", headers: headersOf(ownHeaders), isComplete: false };
  }
  const own = "SPANLEDGER_OTLP_ENDPOINT";
  const ownText = readText(env, own);
  if (ownText !== undefined) {
    return { text: ownText, origin: own, headers: headersOf(ownHeaders), isComplete: false };
  }
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`;
  for (const [name, isComplete] of [
    [prefix, true],
    ["OTEL_EXPORTER_OTLP", false],
  ] as const) {
    const text = readText(env, `${name}_ENDPOINT`);
    if (text === undefined) continue;
    const origin = `${name}_ENDPOINT`;
    if (readText(env, ownHeaders) !== undefined) {
      warn(`${ownHeaders} is not sent to the address of ${origin}: set SPANLEDGER_OTLP_ENDPOINT as well`);
    }
    if ((readText(env, `${prefix}_PROTOCOL`) ?? readText(env, "OTEL_EXPORTER_OTLP_PROTOCOL")) === "grpc") {
      warn(
        `business events are sent over HTTP, and the protocol of ${origin} is grpc: set SPANLEDGER_OTLP_ENDPOINT ` +
          "to an OTLP/HTTP address (port 4318 of a Collector)",
      );
    }
    return { text, origin, headers: headersOf(`${name}_HEADERS`), isComplete };
  }
  const headers = { ...headersOf("OTEL_EXPORTER_OTLP_HEADERS"), ...headersOf(ownHeaders) };
  return { text: defaultEndpoint, origin: defaultOrigin, headers, isComplete: false };
}

function signalUrl(endpoint: Endpoint, signal: "traces" | "logs", warn: (message: string) => void): URL {
  const { text, origin, isComplete } = endpoint;
  const given = parseHttpUrl(text);
  if (given === null) {
    warn(`${origin} is not an http or https URL ("${hideCredentials(text)}"); ${defaultEndpoint} is used`);
  }
  const url = given ?? new URL(defaultEndpoint);
  if (isComplete && given !== null) return url;
  const path = url.pathname.replace(/\/+$/, "");
  const base = path.replace(/\/v1\/(?:traces|logs)$/, "");
  if (base !== path) {
    warn(
      `${origin} ends in ${path.slice(base.length)}, which the SDK adds by itself: use the address without it. ` +
        "It is not added twice",
    );
  }
  url.pathname = `${base}/v1/${signal}`;
  return url;
}

function parseHttpUrl(text: string): URL | null {
  if (!URL.canParse(text)) return repairCredentials(text);
  const url = new URL(text);
  // A fragment is never sent: this one begins within a password.
  if (url.hash.includes("@")) return repairCredentials(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

/** `http://user:pa/ss@host`: a password with a character that ends the host of a URL if it is not encoded. */
function repairCredentials(text: string): URL | null {
  const [, scheme, user, password = "", rest] = /^(https?:\/\/)([^:@]*)(?::(.*))?@([^@]*)$/is.exec(text) ?? [];
  if (scheme === undefined || user === undefined || rest === undefined || !URL.canParse(scheme + rest)) return null;
  const url = new URL(scheme + rest);
  url.username = encodeURIComponent(decodeLeniently(user));
  url.password = encodeURIComponent(decodeLeniently(password));
  return url;
}

/**
 * Moves `user:password@` out of the URL into a header. Node would do so by itself, but throws if a percent
 * sign is not encoded, and messages that name the URL would show the password.
 */
function takeCredentials(url: URL): Headers {
  const { username, password } = url;
  if (username === "" && password === "") return {};
  url.username = "";
  url.password = "";
  const pair = `${decodeLeniently(username)}:${decodeLeniently(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Decodes what is percent-encoded and leaves a percent sign that stands for itself. */
function decodeLeniently(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodePercent);
}

/** An address for a message: without what stands before an `@` or in the query, which may be a secret. */
export function hideCredentials(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/*)?.*@/is, "$1").replace(/[?#].*$/s, "");
}
