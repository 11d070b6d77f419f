import { readFileSync } from "node:fs";
import { describeThrown } from "../recording/encode-any-value.ts";
import { readText, type Environment } from "./read-environment.ts";

/** PEM texts for TLS. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How a connection to an address is made: certificates, and a proxy by Node's own rules. */
export interface Connection {
  readonly tls: TlsFiles;
  /** For the agent's option `proxyEnv`; null for a direct connection. */
  readonly proxyEnv: Readonly<Record<string, string>> | null;
}

const tlsVariables = { ca: "CERTIFICATE", cert: "CLIENT_CERTIFICATE", key: "CLIENT_KEY" } as const;
const proxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"] as const;

/** Reads certificates and proxy from the environment. Never throws: what cannot be read is named to `warn`. */
export function readConnection(
  env: Environment,
  url: URL,
  signal: "traces" | "logs",
  nodeVersion: string,
  warn: (message: string) => void,
): Connection {
  return { tls: readTls(env, url, signal, warn), proxyEnv: readProxy(env, url, nodeVersion, warn) };
}

function readTls(env: Environment, url: URL, signal: "traces" | "logs", warn: (message: string) => void): TlsFiles {
  const files: Record<string, string> = {};
  if (url.protocol !== "https:") return files;
  for (const [part, suffix] of Object.entries(tlsVariables)) {
    const prefixes = [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`, "OTEL_EXPORTER_OTLP_"];
    const variable = prefixes.map((prefix) => prefix + suffix).find((name) => readText(env, name) !== undefined);
    if (variable === undefined) continue;
    try {
      files[part] = readFileSync(readText(env, variable)!, "utf8");
    } catch (error) {
      warn(`the file of ${variable} cannot be read (${describeThrown(error)}); it is ignored`);
    }
  }
  return files;
}

function readProxy(
  env: Environment,
  url: URL,
  nodeVersion: string,
  warn: (message: string) => void,
): Readonly<Record<string, string>> | null {
  // As in other clients: this machine is never behind a proxy.
  if (/^(?:localhost|127\..*|\[::1\])$/.test(url.hostname)) return null;
  const [wanted, other] = url.protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  if (readText(env, wanted) === undefined && readText(env, other) === undefined) return null;
  if (!hasProxyEnv(nodeVersion)) {
    warn(
      `${wanted} is set, and Node ${nodeVersion} cannot use it by itself: business events go to ${url.hostname} ` +
        "directly. Node 22.21, 24.5 and later can",
    );
    return null;
  }
  return Object.fromEntries(
    proxyVariables.flatMap((name) => {
      const text = readText(env, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** `proxyEnv` came with Node 24.5 and 22.21. */
function hasProxyEnv(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}
