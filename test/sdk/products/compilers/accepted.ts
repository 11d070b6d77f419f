// What a product may write: compiles without an error.
import {
  createBusinessEvents,
  custom,
  recordBusinessEvent,
  startBusinessEvents,
  withBusinessContext,
  type AttributesOf,
  type BusinessEventsOptions,
  type EventsOf,
  type Word,
} from "@spanledger/sdk";
import { startTelemetry } from "@spanledger/sdk/telemetry";
import { createTestRecorder } from "@spanledger/sdk/testing";
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";

interface Config {
  readonly events: {
    readonly "table.booked": {
      readonly attributes: {
        readonly guests: { readonly type: "int"; readonly required: true };
        readonly meal_at: { readonly type: "string" };
        readonly through: { readonly type: "string"; readonly values: readonly ["web", "phone"] };
      };
    };
    readonly "table.left": { readonly en: string };
  };
}

declare module "@spanledger/sdk" {
  interface OwnEvents extends EventsOf<Config> {
    "coupon.redeemed": { code: string; tier?: "gold" | "silver"; at?: Date; amount?: number };
    "session.start": { campaign?: string };
    [name: `shop.${string}`]: { readonly [attribute: string]: unknown };
  }
  interface OwnWords {
    channel: "kiosk";
  }
}

interface Started {
  session_id: string;
  channel?: string;
}
interface Cart {
  readonly items: readonly string[];
  total: number;
}
enum Channel {
  Web = "web",
  App = "app",
}
declare const started: Started;
declare const text: string;
declare const cart: Cart;
declare const parsed: any;
declare const either: "session.start" | "session.end";
declare const options: BusinessEventsOptions;
declare const rules: BusinessEventsOptions["httpEvents"];
declare const branded: string & { readonly brand: "channel" };

// Of the catalogue: literals of the list, texts that only the running product knows, enums, interfaces, null.
recordBusinessEvent("session.start", started);
recordBusinessEvent("session.start", { session_id: "s-1", channel: "web", user_id: null, test: undefined });
recordBusinessEvent("session.start", { session_id: `s-${cart.total}`, channel: text });
recordBusinessEvent("session.start", { session_id: "s-1", channel: Channel.App });
recordBusinessEvent("session.start", { session_id: "s-1", channel: branded });
recordBusinessEvent("session.start", { session_id: "s-1", channel: "kiosk", campaign: "spring" });
recordBusinessEvent("session.start", { session_id: "s-1", ["x" + text]: 1 });
recordBusinessEvent("session.start", { ...started, channel: cart.total > 3 ? "微信" : null });
recordBusinessEvent("session.start", parsed);
recordBusinessEvent(either, { session_id: "s-1" });
recordBusinessEvent("session.message", { session_id: "s-1", role: "机器人", response_time_ms: parsed });
recordBusinessEvent("ticket.created", { ticket_id: 1042n }, { occurredAt: new Date(), tenant: undefined });
recordBusinessEvent("ticket.status_changed", { ticket_id: 7, from_status: "处理中", to_status: "已关闭" });
recordBusinessEvent("agent.status_change", { agent_id: 7, to_status: "离席" });
const ended: AttributesOf<"session.end"> = { session_id: "s-1", reason: "timeout" };
recordBusinessEvent("session.end", ended);

// Required attributes from the context.
recordBusinessEvent<"session.message", "session_id">("session.message", { role: "ai" });
recordBusinessEvent<"coupon.redeemed", "code">("coupon.redeemed", null);

// Of our own: as an interface, or from a spanledger.config.ts.
recordBusinessEvent("coupon.redeemed", { code: "W", tier: "gold", at: new Date(), session_id: "s-1" });
recordBusinessEvent("coupon.redeemed", { code: "W", amount: undefined, agent_id: 7, test: true });
recordBusinessEvent("table.booked", { guests: 4, meal_at: new Date(), through: "phone", ticket_id: null });
recordBusinessEvent("table.booked", { guests: 4n, through: text });
recordBusinessEvent("table.left");
recordBusinessEvent("table.left", { session_id: "s-1" });
recordBusinessEvent("shop.opened", { at: new Date(), cart });

// Any other: dates, objects, interfaces, and nothing.
recordBusinessEvent(custom("parcel.lost"));
recordBusinessEvent(custom("parcel.lost"), null, null);
recordBusinessEvent(custom("parcel.lost"), cart);
recordBusinessEvent(custom(text), { at: new Date(), cart, big: 5n, map: new Map([["a", 1]]), tags: ["a"] as const });

withBusinessContext({ session_id: "s-1", channel: text, anything: cart }, () =>
  recordBusinessEvent("session.end", ended),
);
withBusinessContext<number>({ user_id: "u-1" }, () => 1).toFixed();
withBusinessContext(started, () => 1).toFixed();

startBusinessEvents({
  endpoint: parsed as string | undefined,
  defaults: { app_version: "1.4", channel: text, deployed: new Date() },
  beforeSend: (event) =>
    event.name === "shop.hidden" ? null : { ...event, attributes: { ...event.attributes, a: 1 } },
  httpEvents: [
    {
      method: "GET",
      path: "/api/tracking/:number",
      event: "query.tracking",
      attributes: { tracking_number: ":number" },
    },
    { path: "/go/:channel", event: "session.start", attributes: { channel: ":channel" } },
    { path: "/in", event: "session.start", attributes: ({ query }) => ({ channel: query.get("channel") }) },
    { path: "/out", event: custom("parcel.lost"), attributes: ({ query }) => ({ q: query.get("q"), at: new Date() }) },
    { path: "/some", event: "session.end", attributes: ({ params }) => (params["id"] ? { reason: text } : null) },
    { path: "/own", event: "coupon.redeemed", attributes: () => ({ code: text, at: new Date(), agent_id: 7 }) },
    { path: "/any", event: "coupon.redeemed", attributes: () => parsed },
  ],
});
startBusinessEvents();
startBusinessEvents(undefined);
startBusinessEvents(options);
startBusinessEvents({ ...options, serviceName: "shop", httpEvents: undefined });
startBusinessEvents({ httpEvents: rules });
void startTelemetry({ ...options, instrumentations: [] });
const client = createBusinessEvents({ tenant: "brand-a", enabled: () => true });
client.record("session.start", { session_id: "s-1", channel: "web" });
client.record(custom("parcel.lost"));

const recorder = createTestRecorder();
const sessionId: string = recorder.expectEvent("session.start", { channel: "web" }).attributes.session_id;
const code: string = recorder.expectEvent("coupon.redeemed").attributes.code;
recorder.expectNone(custom("parcel.lost"));
const word: Word<"channel"> = "kiosk";
export const used = [sessionId, code, word, eventCatalogue["session.start"].en];
