// What must not compile. Each mistake ends with what its message has to name.
import {
  createBusinessEvents,
  custom,
  recordBusinessEvent,
  startBusinessEvents,
  withBusinessContext,
} from "@spanledger/sdk";
import type { AttributesOf } from "@spanledger/sdk";
import { startTelemetry } from "@spanledger/sdk/telemetry";
import { createTestRecorder } from "@spanledger/sdk/testing";

const misspelled = { session_id: "s-1", chanel: "web" };
interface Misspelled {
  session_id: string;
  chanel?: string;
}
declare const optional: Misspelled;
declare const path: string;
declare const text: string;
declare const several: "web" | "wbe";
enum Wrong {
  Web = "wbe",
}

recordBusinessEvent("sesion.start", { session_id: "s-1" }); // names: "sesion.start", CustomEventName
recordBusinessEvent("sesion.start"); // names: "sesion.start", CustomEventName
recordBusinessEvent(text, {}); // names: string, CustomEventName
recordBusinessEvent("session.start"); // names: "session.start", "session_id"
recordBusinessEvent("session.start", {}); // names: session_id
recordBusinessEvent("session.start", null); // names: session_id
recordBusinessEvent("session.start", { session_id: null }); // names: "session_id"
recordBusinessEvent("session.start", { session_id: 5 }); // names: "session_id"
recordBusinessEvent("session.start", { session_id: new Date() }); // names: "session_id"
recordBusinessEvent("session.start", { session_id: "s-1", chanel: "web" }); // names: "chanel", "session.start"
recordBusinessEvent("session.start", { session_id: "s-1", sessionId: "s-1" }); // names: "sessionId"
recordBusinessEvent("session.start", { ...optional, channel: "web" }); // names: chanel
recordBusinessEvent("session.start", misspelled); // names: chanel
recordBusinessEvent("session.start", optional); // names: chanel
recordBusinessEvent("session.start", { session_id: "s-1", channel: "wbe" }); // names: "channel", wbe
recordBusinessEvent("session.start", { session_id: "s-1", channel: several }); // names: "channel"
recordBusinessEvent("session.start", { session_id: "s-1", channel: Wrong.Web }); // names: "channel"
recordBusinessEvent("session.start", { session_id: "s-1", channel: 5 }); // names: "channel"
recordBusinessEvent("session.message", { session_id: "s-1", role: "robot" }); // names: "role"
recordBusinessEvent("session.end", { session_id: "s-1", reason: "bored" }); // names: "reason"
recordBusinessEvent("agent.status_change", { agent_id: 7, to_status: "closed" }); // names: "to_status"
recordBusinessEvent("ticket.status_changed", { ticket_id: 7, to_status: "offline" }); // names: "to_status"
recordBusinessEvent("ticket.created", { ticket_id: "7" }); // names: "ticket_id"
recordBusinessEvent("query.order", { success: "yes" }); // names: "success"
recordBusinessEvent<"session.message", "session_id">("session.message", { rol: "ai" }); // names: rol
recordBusinessEvent<"session.message", "session_id">("session.message", { role: "robot" }); // names: role
recordBusinessEvent("session.end", { session_id: "s-1" }, { occuredAt: 1 }); // names: occuredAt
recordBusinessEvent("coupon.redeemed", { code: "W", teir: "gold" }); // names: "teir", "coupon.redeemed"
recordBusinessEvent("coupon.redeemed", { code: "W", tier: "glod" }); // names: "tier"
recordBusinessEvent("coupon.redeemed", { code: "W", tier: text }); // names: "tier"
recordBusinessEvent("coupon.redeemed", { tier: "gold" }); // names: code
recordBusinessEvent("table.booked", { guests: 4, through: "fax" }); // names: "through", fax
recordBusinessEvent("table.booked", { guests: "4" }); // names: "guests"
recordBusinessEvent("table.booked", { gests: 4, guests: 4 }); // names: "gests"
recordBusinessEvent("table.left", { why: "noise" }); // names: "why"
recordBusinessEvent(custom("session.start"), {}); // names: "session.start"
recordBusinessEvent(custom("coupon.redeemed"), {}); // names: "coupon.redeemed"
recordBusinessEvent(custom("parcel.lost"), { toText: () => "lost" }); // names: "toText"
recordBusinessEvent(custom("parcel.lost"), { mark: Symbol.iterator }); // names: "mark"
createBusinessEvents().record("session.start", { session_id: "s-1", chanel: "web" }); // names: "chanel"
withBusinessContext({ session_id: 5 }, () => 1); // names: "session_id"
withBusinessContext({ channel: "wbe" }, () => 1); // names: "channel"
startBusinessEvents({ defaults: { session_id: 5 } }); // names: number, string
startBusinessEvents({ httpEvents: [{ path: "/", event: "query.trackng" }] }); // names: "query.trackng"
startBusinessEvents({ httpEvents: [{ path: "/", event: "query.tracking", attributes: { numbr: ":n" } }] }); // names: numbr
startBusinessEvents({ httpEvents: [{ path, event: "query.order", attributes: () => ({ success: true, numbr: 1 }) }] }); // names: numbr, "query.order"
startBusinessEvents({ httpEvents: [{ path, event: "query.order", attributes: () => ({ numbr: 1 }) }] }); // names: numbr
startBusinessEvents({ httpEvents: [{ path, event: "query.order", attributes: (all) => ({ path: all.params }) }] }); // names: path
startBusinessEvents({ httpEvents: [{ path, event: "session.end", attributes: () => ({ ...optional }) }] }); // names: chanel
startBusinessEvents({ httpEvents: [{ path, event: "session.start", attributes: () => ({ channel: several }) }] }); // names: channel
startBusinessEvents({ httpEvents: [{ path, event: "session.start", attributes: () => ({ channel: 5 }) }] }); // names: channel
startBusinessEvents({ httpEvents: [{ path, event: "table.booked", attributes: () => ({ gests: 4 }) }] }); // names: gests
createBusinessEvents({ httpEvents: [{ path, event: "query.order", attributes: () => ({ success: true, numbr: 1 }) }] }); // names: numbr
void startTelemetry({ httpEvents: [{ path, event: "query.order", attributes: () => ({ success: true, numbr: 1 }) }] }); // names: numbr
createTestRecorder().expectNone("sesion.end"); // names: "sesion.end"
export const annotated: AttributesOf<"session.start"> = { session_id: "s-1", chanel: "web" }; // names: chanel
