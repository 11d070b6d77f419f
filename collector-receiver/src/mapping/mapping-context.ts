import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";

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

/** What of tenants' time decides what becomes of an event. */
export interface TenantTimes {
  /** Start of what is kept of a tenant in milliseconds since 1970; null: everything. */
  readonly retainedFromMs: (tenantId: string) => number | null;
  /** The first instant of a tenant's next business day in milliseconds since 1970; null or no function: not known. */
  readonly nextDayMs?: ((tenantId: string) => number | null) | undefined;
  /** Senders whose clock is known to run ahead (`clockKey`): that one of their events comes in time is noted. */
  readonly clocksAhead?: ReadonlySet<string> | undefined;
  /** Versions of services that are stored (`versionKey`), each with its earliest time: only what is new is noted. */
  readonly versionsSeen?: ReadonlyMap<string, number> | undefined;
}

export interface MappingContext extends TenantTimes {
  readonly tenant: TenantRule;
  /** The receiver's clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Attributes that land in `event.attributes`. Keep one set for the life of the process: it keys a cache. */
  readonly countedAttributes: ReadonlySet<string>;
  readonly limits: MappingLimits;
  /** The product's own events, checked as those of the catalogue. Keep one, as with `countedAttributes`. */
  readonly custom?: CustomDefinitions | undefined;
}

/** A gateway named a tenant that its token does not cover: nothing of the request was taken. */
export class UnknownTenantError extends Error {
  override readonly name = "UnknownTenantError";
  readonly code = "unknown_tenant";
}
