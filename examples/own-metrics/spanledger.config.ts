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
      },
    },
    "booking.cancelled": { en: "A booking is cancelled", zh: "取消预订" },
  },
  metrics: {
    bookings: { kind: "count", event: "booking.confirmed", groupBy: "channel", en: "Bookings", zh: "预订数" },
    cancellations: { kind: "count", event: "booking.cancelled", en: "Cancellations", zh: "取消数" },
    cancelled: { kind: "ratio", numerator: "cancellations", denominator: "bookings", en: "Cancelled", zh: "取消率" },
    guests: { kind: "sum", event: "booking.confirmed", attribute: "guests", en: "Guests", zh: "客人数" },
  },
});
