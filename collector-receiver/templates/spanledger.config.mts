import { defineSpanledger } from "@spanledger/collector-receiver";

/**
 * Events and metrics of your own. The receiver checks this file when it starts, and counts by it from then on.
 * Record the event in your product: recordBusinessEvent("booking.confirmed", { session_id: "s-1", guests: 4, channel: "web" })
 */
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
  },
  metrics: {
    bookings: { kind: "count", event: "booking.confirmed", groupBy: "channel", en: "Bookings", zh: "预订数" },
    guests: { kind: "sum", event: "booking.confirmed", attribute: "guests", en: "Guests", zh: "客人数" },
  },
});
