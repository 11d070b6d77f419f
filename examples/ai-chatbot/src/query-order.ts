import { recordBusinessEvent } from "@spanledger/sdk";
import { findOrder, siteOfOrder, type Order } from "./domain/order-store.ts";
import { think, type ThinkingPace } from "./domain/thinking-pace.ts";

/**
 * Looks an order up in the shop and records `query.order`, failed if the order does not exist or
 * the shop does not answer. The session comes from the business context of the caller: this client
 * knows nothing of chats.
 * @throws ShopUnavailableError if the shop does not answer
 */
export async function queryOrder(orderNumber: string, pace: ThinkingPace): Promise<Order | null> {
  const startedAt = performance.now();
  let order: Order | null = null;
  try {
    await think(pace, 180);
    order = findOrder(orderNumber);
    return order;
  } finally {
    recordBusinessEvent("query.order", {
      order_number: orderNumber,
      site: siteOfOrder(orderNumber),
      success: order !== null,
      response_time_ms: Math.round(performance.now() - startedAt),
    });
  }
}
