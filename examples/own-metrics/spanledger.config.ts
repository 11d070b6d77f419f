import { defineSpanledger } from "@spanledger/collector-receiver";

/** What a restaurant wants to know of its bookings; the receiver that starts with this file counts it. */
export default defineSpanledger({
  events: {
    "booking.confirmed": {
      en: "A table is booked",
      zh: "预订成功",
      attributes: {
        guests: { type: "int", required: true, minimum: 1, unit: "{guest}", en: "Guests", zh: "人数" },
        channel: { type: "string", values: ["web", "phone", "assistant"], en: "Booked through", zh: "预订渠道" },
        deposit: { type: "double", minimum: 0, en: "Deposit", zh: "订金" },
        lead_time: { type: "double", unit: "h", minimum: 0, en: "Time until the meal", zh: "距用餐时间" },
      },
    },
    "booking.cancelled": { en: "A booking is cancelled", zh: "取消预订" },
  },
  metrics: {
    bookings: { kind: "count", event: "booking.confirmed", groupBy: "channel", en: "Bookings", zh: "预订数" },
    cancellations: { kind: "count", event: "booking.cancelled", en: "Cancellations", zh: "取消数" },
    cancellation_rate: {
      kind: "ratio",
      numerator: "cancellations",
      denominator: "bookings",
      en: "Cancelled",
      zh: "取消率",
    },
    guests: { kind: "sum", event: "booking.confirmed", attribute: "guests", en: "Guests", zh: "客人数" },
    deposits: {
      kind: "sum",
      event: "booking.confirmed",
      attribute: "deposit",
      unit: "currency",
      en: "Deposits",
      zh: "订金总额",
    },
    assisted_sessions: {
      kind: "sessions",
      event: "booking.confirmed",
      where: { channel: "assistant" },
      en: "Chats that booked",
      zh: "促成预订的会话",
    },
    lead_time: {
      kind: "duration",
      event: "booking.confirmed",
      attribute: "lead_time",
      groupBy: "channel",
      en: "Lead time",
      zh: "提前量",
    },
  },
});
