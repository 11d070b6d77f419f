import { tenantAttribute } from "../event-catalogue.ts";
import { sdkVersion } from "../sdk-version.ts";
import type { OptionReader } from "./option-reader.ts";
import { decodePercent, readText, type Environment } from "./read-environment.ts";
import { showValue } from "../recording/show-value.ts";

export type Resource = Record<string, string | number | boolean>;

/** The attributes of the OTLP resource: what all events of this start have in common. */
export function resolveResource(
  options: OptionReader,
  env: Environment,
  instanceId: string,
  warn: (message: string) => void,
): Resource {
  const resource = new Map<string, string | number | boolean>([["service.instance.id", instanceId]]);
  for (const part of (readText(env, "OTEL_RESOURCE_ATTRIBUTES") ?? "").split(",")) {
    const at = part.indexOf("=");
    const key = decodePercent(part.slice(0, Math.max(0, at)).trim());
    if (key !== "") resource.set(key, decodePercent(part.slice(at + 1).trim()));
  }
  setText(resource, "service.name", readText(env, "OTEL_SERVICE_NAME"));
  for (const [key, value] of readAttributes(options, warn)) resource.set(key, value);
  setText(resource, "service.name", options.text("serviceName"));
  if (!resource.has("service.name")) resource.set("service.name", "unknown_service:node");
  setText(resource, tenantAttribute, options.text("tenant"));
  resource.set("telemetry.sdk.name", "spanledger");
  resource.set("telemetry.sdk.language", "nodejs");
  resource.set("telemetry.sdk.version", sdkVersion);
  return Object.fromEntries(resource);
}

function setText(resource: Map<string, unknown>, key: string, value: string | undefined): void {
  if (value !== undefined) resource.set(key, value);
}

function readAttributes(options: OptionReader, warn: (message: string) => void): [string, string | number | boolean][] {
  const given = options.read("resourceAttributes");
  if (given === undefined) return [];
  try {
    if (typeof given !== "object" || Array.isArray(given)) throw new TypeError("not an object");
    return Object.entries(given as object).filter((entry): entry is [string, string | number | boolean] => {
      const [key, value] = entry as [string, unknown];
      if (value === undefined || value === null) return false;
      if (key !== "" && ["string", "number", "boolean"].includes(typeof value)) return true;
      warn(
        `the resource attribute "${key}" has to be a text, number or boolean, not ${showValue(value)}; it is left out`,
      );
      return false;
    });
  } catch {
    options.refuse("resourceAttributes", given, "an object of texts, numbers and booleans");
    return [];
  }
}
