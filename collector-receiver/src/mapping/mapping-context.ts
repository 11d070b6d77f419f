import { commonAttributes, eventCatalogue, type AttributeDefinition } from "@spanledger/sdk/event-catalogue";

/** Who says which tenant an event belongs to. */
export type TenantRule =
  /** A token fixes it; `spanledger.tenant` of the resource is not read. */
  | { readonly kind: "fixed"; readonly tenantId: string }
  /** Loopback without tokens: `spanledger.tenant` is believed. */
  | { readonly kind: "believed"; readonly defaultTenantId: string }
  /** A gateway's token: `spanledger.tenant` has to be one of these, or nothing of the request is taken. */
  | { readonly kind: "gateway"; readonly tenantIds: ReadonlySet<string> };

/** Bounds on one event; each has its own rejection code. */
export interface MappingLimits {
  readonly attributesPerEvent: number;
  /** Bytes of one attribute's text or binary value. */
  readonly attributeBytes: number;
  /** Bytes of `event_data`. */
  readonly eventDataBytes: number;
  /** Arrays and maps within each other; 1 is a plain array. */
  readonly nesting: number;
}

export const defaultMappingLimits: MappingLimits = {
  attributesPerEvent: 128,
  attributeBytes: 32 * 1024,
  eventDataBytes: 64 * 1024,
  nesting: 8,
};

export interface MappingContext {
  readonly tenant: TenantRule;
  /** The receiver's clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Start of what is kept of a tenant in milliseconds since 1970; null: everything. */
  readonly retainedFromMs: (tenantId: string) => number | null;
  /** Attributes that land in `event.attributes`. Keep one set for the life of the process: it keys a cache. */
  readonly countedAttributes: ReadonlySet<string>;
  readonly limits: MappingLimits;
}

/**
 * All numbers and booleans of the catalogue that are not identifiers, with the texts that session
 * facts and agent counters read.
 */
export const defaultCountedAttributes: ReadonlySet<string> = (() => {
  const names = new Set(["channel", "user_id", "agent_name", "reason"]);
  const definitions: Record<string, AttributeDefinition>[] = [
    commonAttributes,
    ...Object.values(eventCatalogue).map((definition) => definition.attributes),
  ];
  for (const attributes of definitions) {
    for (const [name, attribute] of Object.entries(attributes)) {
      const identifier = "int4" in attribute && attribute.int4 === true;
      if (attribute.type !== "string" && !identifier && name !== "test") names.add(name);
    }
  }
  return names;
})();

/** A gateway named a tenant that its token does not cover: nothing of the request was taken. */
export class UnknownTenantError extends Error {
  override readonly name = "UnknownTenantError";
  readonly code = "unknown_tenant";
}
