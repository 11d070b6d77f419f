import { stableHash } from "./stable-hash.ts";

export const shopSites = ["uk", "de", "fr", "es", "it", "us"] as const;
export type ShopSite = (typeof shopSites)[number];

export interface Order {
  readonly orderNumber: string;
  readonly site: ShopSite;
  readonly item: string;
  readonly status: "paid" | "packed" | "shipped" | "delivered";
  readonly trackingNumber: string | null;
}

/** The shop did not answer; the order may well exist. */
export class ShopUnavailableError extends Error {
  override readonly name = "ShopUnavailableError";
  readonly code = "shop_unavailable";
}

const items = ["D3 Pro", "D4S", "D11", "L3", "X", "T1 Pro", "Titan", "Nomads"] as const;
const statuses = ["paid", "packed", "shipped", "delivered"] as const;

/**
 * The shop's orders. FD10000 to FD89999 exist; one in fifty of them lies on a site whose interface
 * is down, so that a failing query can be seen.
 * @throws ShopUnavailableError if the site does not answer
 */
export function findOrder(orderNumber: string): Order | null {
  const serial = Number(/^FD(\d{5})$/.exec(orderNumber)?.[1] ?? Number.NaN);
  if (!(serial >= 10_000 && serial < 90_000)) return null;
  const hash = stableHash(orderNumber);
  const site = siteOfOrder(orderNumber);
  if (hash % 50 === 7) {
    throw new ShopUnavailableError(`shop site "${site}" did not answer for order ${orderNumber}; try again later`);
  }
  const status = statuses[(hash >>> 8) % statuses.length]!;
  const shipped = status === "shipped" || status === "delivered";
  return {
    orderNumber,
    site,
    item: items[(hash >>> 16) % items.length]!,
    status,
    trackingNumber: shipped ? `YT${String(hash).padStart(10, "0")}` : null,
  };
}

/** The site that an order number belongs to, whether or not the order exists. */
export function siteOfOrder(orderNumber: string): ShopSite {
  return shopSites[stableHash(`site:${orderNumber}`) % shopSites.length]!;
}
