/** What a customer wants, as far as a message tells. */
export type Intent =
  | { readonly kind: "order"; readonly orderNumber: string }
  | { readonly kind: "tracking"; readonly trackingNumber: string }
  | { readonly kind: "topic"; readonly topic: Topic }
  | { readonly kind: "unclear" };

export type Topic = "greeting" | "shipping" | "returns" | "warranty" | "battery" | "payment" | "thanks";

const orderNumber = /\bFD\d{5,8}\b/i;
/** Two or more letters, then digits: UPS (1Z…), DHL (JD…), Yanwen (YT…) and the shop's test numbers. */
const trackingNumber = /\b(?:1Z[0-9A-Z]{8,16}|[A-Z]{2,4}\d{6,14}[A-Z]{0,2})\b/i;

const topics: readonly (readonly [Topic, RegExp])[] = [
  ["returns", /退货|退款|return|refund/i],
  ["warranty", /保修|质保|warranty|repair|维修/i],
  ["battery", /电池|续航|充电|battery|range|charg/i],
  ["shipping", /发货|运费|配送|多久到|shipping|deliver/i],
  ["payment", /支付|付款|发票|pay|invoice/i],
  ["thanks", /谢谢|多谢|thank/i],
  ["greeting", /^(?:你好|您好|在吗|hello|hi|hey)\b|你好|您好/i],
];

/** Reads the intent of a message; an order number goes before a tracking number, both before topics. */
export function understandMessage(message: string): Intent {
  const order = orderNumber.exec(message);
  if (order !== null) return { kind: "order", orderNumber: order[0].toUpperCase() };
  const tracking = trackingNumber.exec(message);
  if (tracking !== null) return { kind: "tracking", trackingNumber: tracking[0].toUpperCase() };
  for (const [topic, pattern] of topics) {
    if (pattern.test(message)) return { kind: "topic", topic };
  }
  return { kind: "unclear" };
}
