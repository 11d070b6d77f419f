import { stableHash } from "./stable-hash.ts";

export interface ParcelStatus {
  readonly trackingNumber: string;
  readonly carrier: string;
  readonly status: "info_received" | "in_transit" | "out_for_delivery" | "delivered" | "exception" | "not_found";
  readonly found: boolean;
}

const carriers: readonly (readonly [RegExp, string])[] = [
  [/^1Z/, "ups"],
  [/^JD/, "dhl"],
  [/^GM/, "dhl"],
  [/^YT/, "yanwen"],
  [/^LP/, "cainiao"],
  [/^TEST/, "sandbox"],
];
const progress = ["info_received", "in_transit", "in_transit", "out_for_delivery", "delivered", "delivered"] as const;

/**
 * Where a parcel is. Numbers of carriers that the shop works with are found, but for one in thirty,
 * which the carrier has not scanned yet; any other number is not found.
 */
export function trackParcel(trackingNumber: string): ParcelStatus {
  const carrier = carriers.find(([prefix]) => prefix.test(trackingNumber))?.[1];
  if (carrier === undefined) return { trackingNumber, carrier: "unknown", status: "not_found", found: false };
  const hash = stableHash(trackingNumber);
  if (carrier !== "sandbox" && hash % 30 === 11) {
    return { trackingNumber, carrier, status: "not_found", found: false };
  }
  const status = hash % 41 === 3 ? "exception" : progress[(hash >>> 8) % progress.length]!;
  return { trackingNumber, carrier, status, found: true };
}
