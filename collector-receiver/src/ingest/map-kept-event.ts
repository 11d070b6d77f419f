import { mapRequest } from "../mapping/map-request.ts";
import type { KeptKey, MappedRequest } from "../mapping/business-event.ts";
import { defaultMappingLimits } from "../mapping/mapping-context.ts";
import { payloadTypes } from "../mapping/write-rejection-payload.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import type { KeptEvent } from "../storage/events/kept-event.ts";

/**
 * Maps an event that was kept once more, by what holds now. Its source has seen it already and does not count it again.
 * @returns null if it was no OTLP when it was kept
 */
export function mapKeptEvent(
  { contentHash, payload, payloadType, signal }: KeptEvent,
  as: KeptKey["as"],
  { tenantId, retainedFromMs, custom }: TenantRules,
  countedAttributes: ReadonlySet<string>,
  nowMs: number,
): MappedRequest | null {
  if (!Object.values<string>(payloadTypes).includes(payloadType)) return null;
  const mapped = mapRequest(payload, payloadType === "application/json" ? "json" : "protobuf", signal, {
    tenant: { kind: "fixed", tenantId },
    nowMs,
    retainedFromMs: () => retainedFromMs,
    countedAttributes,
    custom: custom?.definitions,
    limits: defaultMappingLimits,
  });
  for (const event of mapped.events) event.forgetSource();
  const withoutSource = <Kept extends object>(kept: Kept): Kept => ({ ...kept, source: null });
  return {
    ...mapped,
    kept: { as, tenantId, contentHash },
    rejected: mapped.rejected.map(withoutSource),
    ...(mapped.waiting === undefined ? {} : { waiting: mapped.waiting.map(withoutSource) }),
  };
}
