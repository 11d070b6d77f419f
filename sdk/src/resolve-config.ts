import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { BusinessEventsOptions } from "./business-events-options.ts";
import { tenantAttribute } from "./event-catalogue.ts";
import { sdkVersion } from "./sdk-version.ts";
import type { SenderSettings } from "./sending/sender.ts";
import type { SpoolSettings } from "./spool/spool.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the start of the SDK works with, from options, environment and defaults. */
export interface ResolvedConfig {
  readonly disabled: boolean;
  readonly settings: SenderSettings;
  readonly maxQueueBytes: number;
  readonly exitWaitMs: number;
  /** What the product should read about its configuration. */
  readonly warnings: readonly string[];
}

/** OpenTelemetry's own default for OTLP/HTTP. */
const defaultEndpoint = "http://localhost:4318";
const megabyte = 1024 * 1024;

/**
 * Options first, then the environment, then defaults. Never throws: what cannot be used is left out
 * and named in `warnings`.
 */
export function resolveConfig(options: BusinessEventsOptions, env: Environment): ResolvedConfig {
  const warnings: string[] = [];
  const emit = options.emit ?? "span-event";
  const signal = emit === "log-record" ? "logs" : "traces";
  const { endpoint, headers } = resolveEndpoint(options, env, warnings);
  return {
    disabled: options.disabled ?? isTrue(env["SPANLEDGER_DISABLED"]),
    settings: {
      identity: {
        sourceId: randomUUID(),
        signal,
        resource: resolveResource(options, env),
        sdkVersion,
      },
      target: {
        url: signalUrl(endpoint, signal, warnings),
        headers,
        timeoutMs: options.requestTimeoutMs ?? 10_000,
      },
      maxBatchEvents: options.maxBatchEvents ?? 512,
      batchDelayMs: options.batchDelayMs ?? 1000,
      reportDelayMs: options.reportDelayMs ?? 30_000,
      spool: resolveSpool(options, env),
    },
    maxQueueBytes: options.maxQueueBytes ?? 64 * megabyte,
    exitWaitMs: options.exitWaitMs ?? readMilliseconds(env, "SPANLEDGER_EXIT_WAIT_MS", warnings) ?? 2000,
    warnings,
  };
}

function readMilliseconds(env: Environment, variable: string, warnings: string[]): number | undefined {
  const text = nonEmpty(env[variable]);
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  warnings.push(`${variable}=${text} is not a whole number of milliseconds; the default is used`);
  return undefined;
}

/** `true` and `1` switch on, as in OpenTelemetry's variables (which know `true` alone). */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^\s*(?:true|1)\s*$/i.test(value);
}

function resolveEndpoint(
  options: BusinessEventsOptions,
  env: Environment,
  warnings: string[],
): { readonly endpoint: string; readonly headers: Record<string, string> } {
  const ownHeaders = parseHeaders(env["SPANLEDGER_OTLP_HEADERS"], "SPANLEDGER_OTLP_HEADERS", warnings);
  const own = options.endpoint ?? nonEmpty(env["SPANLEDGER_OTLP_ENDPOINT"]);
  if (own !== undefined) {
    // The generic headers hold the key of whoever receives the ordinary traces: never for us.
    return { endpoint: own, headers: { ...ownHeaders, ...options.headers } };
  }
  const variable = "OTEL_EXPORTER_OTLP_HEADERS";
  const headers = {
    ...parseHeaders(env[variable], variable, warnings),
    ...ownHeaders,
    ...options.headers,
  };
  const generic = nonEmpty(env["OTEL_EXPORTER_OTLP_ENDPOINT"]);
  if (generic !== undefined && env["OTEL_EXPORTER_OTLP_PROTOCOL"]?.trim() === "grpc") {
    warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and business events are sent over HTTP to ${generic}: ` +
        "set SPANLEDGER_OTLP_ENDPOINT to an OTLP/HTTP address (port 4318 of a Collector)",
    );
  }
  return { endpoint: generic ?? defaultEndpoint, headers };
}

function resolveSpool(options: BusinessEventsOptions, env: Environment): SpoolSettings | null {
  const directory = options.spoolDirectory ?? nonEmpty(env["SPANLEDGER_SPOOL_DIR"]);
  if (directory === undefined) return null;
  return { directory: resolve(directory), maxBytes: options.maxSpoolBytes ?? 1024 * megabyte };
}

function signalUrl(endpoint: string, signal: "traces" | "logs", warnings: string[]): string {
  const base = parseHttpUrl(endpoint);
  if (base === null) {
    warnings.push(`the endpoint "${endpoint}" is no http or https URL: ${defaultEndpoint} is used`);
  }
  const url = base ?? new URL(defaultEndpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/${signal}`;
  return url.href;
}

function parseHttpUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

/** `key=value,key=value` with URL-encoded parts, as OpenTelemetry's variables have it. */
export function parseHeaders(text: string | undefined, variable: string, warnings: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const part of (text ?? "").split(",")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    const key = decode(part.slice(0, at).trim());
    const value = decode(part.slice(at + 1).trim());
    if (at < 1 || !/^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/.test(key) || /[^\t\x20-\x7e]/.test(value)) {
      warnings.push(`${variable} has a part that is no header (key=value); it is left out`);
      continue;
    }
    headers[key.toLowerCase()] = value;
  }
  return headers;
}

function resolveResource(options: BusinessEventsOptions, env: Environment): Record<string, string | number | boolean> {
  const resource: Record<string, string | number | boolean> = {
    "service.instance.id": randomUUID(),
    ...parseResourceAttributes(env["OTEL_RESOURCE_ATTRIBUTES"]),
  };
  const serviceName = nonEmpty(env["OTEL_SERVICE_NAME"]);
  if (serviceName !== undefined) resource["service.name"] = serviceName;
  Object.assign(resource, options.resourceAttributes);
  if (options.serviceName !== undefined) resource["service.name"] = options.serviceName;
  resource["service.name"] ??= "unknown_service:node";
  if (options.tenant !== undefined) resource[tenantAttribute] = options.tenant;
  resource["telemetry.sdk.name"] = "spanledger";
  resource["telemetry.sdk.language"] = "nodejs";
  resource["telemetry.sdk.version"] = sdkVersion;
  return resource;
}

function parseResourceAttributes(text: string | undefined): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const part of (text ?? "").split(",")) {
    const at = part.indexOf("=");
    if (at > 0) attributes[decode(part.slice(0, at).trim())] = decode(part.slice(at + 1).trim());
  }
  return attributes;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
}
