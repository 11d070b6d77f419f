import { defineSpanledger } from "@spanledger/collector-receiver";
import plain from "./spanledger.config.ts";

const booked = plain.events["booking.confirmed"];

/** The same restaurant later, with every kind of metric: two attributes more of an event, and what is counted of them. */
export default defineSpanledger({
  events: {
    ...plain.events,
    "booking.confirmed": {
      ...booked,
      attributes: {
        ...booked.attributes,
        deposit: { type: "double", minimum: 0, en: "Deposit", zh: "订金" },
        lead_time: { type: "double", unit: "h", minimum: 0, en: "Time until the meal", zh: "距用餐时间" },
      },
    },
  },
  metrics: {
    ...plain.metrics,
    // Money of the tenant's currency; 0 to 6 decimals are kept of each value.
    deposits: {
      kind: "sum",
      event: "booking.confirmed",
      attribute: "deposit",
      unit: "currency",
      en: "Deposits",
      zh: "订金总额",
    },
    // A ratio of two metrics that is not a share: its unit says so.
    party_size: {
      kind: "ratio",
      numerator: "guests",
      denominator: "bookings",
      unit: "ratio",
      en: "Guests per booking",
      zh: "平均每单人数",
    },
    // Distinct sessions with at least one event that the filter lets through.
    assisted_sessions: {
      kind: "sessions",
      event: "booking.confirmed",
      where: { channel: "assistant" },
      en: "Chats that booked",
      zh: "促成预订的会话",
      meaning: { en: "Chat sessions that led to a booking.", zh: "促成预订的聊天会话数。" },
    },
    // Median, p90 and p99 of durations; the attribute's unit says which.
    lead_time: {
      kind: "duration",
      event: "booking.confirmed",
      attribute: "lead_time",
      groupBy: "channel",
      en: "Lead time",
      zh: "提前量",
    },
    // Of an event of the catalogue, grouped by values that are named here.
    complaints: {
      kind: "count",
      event: "session.escalate",
      groupBy: { attribute: "reason", values: ["customer_request", "low_confidence"] },
      en: "Chats handed over",
      zh: "转人工次数",
    },
  },
});
