/** What `recordBusinessEvent` accepts, with the events of examples/own-metrics: `tsc` is the test, this file its subject. */
import { custom, recordBusinessEvent } from "@spanledger/sdk";
import { createTestRecorder } from "@spanledger/sdk/testing";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { defineSpanledger } from "../../collector-receiver/src/catalogue/define-spanledger.ts";
import "../../examples/own-metrics/src/booking-desk.ts";

test("own events take their own attributes, the catalogue's theirs, and custom ones anything", () => {
  const recorder = createTestRecorder();
  onTestFinished(() => recorder.stop());
  recordBusinessEvent("booking.confirmed", { guests: 2, channel: "web", user_id: "u-1", deposit: 5 });
  recordBusinessEvent<"booking.confirmed", "guests">("booking.confirmed", { channel: null });
  recordBusinessEvent("booking.cancelled", {});
  recordBusinessEvent(custom("some.other"), { guests: "two" });
  recordBusinessEvent("session.start", { session_id: "s-1", ["note" as string]: 7 });
  expect(recorder.events()).toHaveLength(5);

  const wrong = [
    // @ts-expect-error a required attribute of ours is missing
    () => recordBusinessEvent("booking.confirmed", { channel: "web" }),
    // @ts-expect-error an attribute of ours is a text and no number
    () => recordBusinessEvent("booking.confirmed", { guests: "2" }),
    // @ts-expect-error a text of ours is not a number, beside a right one
    () => recordBusinessEvent("booking.confirmed", { guests: 2, channel: 20 }),
    // @ts-expect-error a value outside the list of ours
    () => recordBusinessEvent("booking.confirmed", { guests: 2, channel: "wbe" }),
    // @ts-expect-error a misspelled attribute of ours
    () => recordBusinessEvent("booking.confirmed", { guests: 2, chanel: "web" }),
    // @ts-expect-error neither of the catalogue nor of ours
    () => recordBusinessEvent("some.other", {}),
    // @ts-expect-error a required attribute of the catalogue is missing
    () => recordBusinessEvent("session.start", { channel: "web" }),
    // @ts-expect-error an attribute of the catalogue is a number and no text
    () => recordBusinessEvent("session.start", { session_id: 1 }),
  ];
  expectTypeOf(wrong).toEqualTypeOf<(() => void)[]>();
});

test("a config's metrics name its events and the catalogue's, their attributes and values", () => {
  const texts = { en: "a", zh: "a" };
  const events = {
    "order.paid": {
      ...texts,
      attributes: {
        amount: { ...texts, type: "double" },
        kind: { ...texts, type: "string", values: ["gift", "own"] },
        gift: { ...texts, type: "boolean" },
      },
    },
  } as const;
  const right = defineSpanledger({
    events,
    metrics: {
      a: { ...texts, kind: "sum", event: "order.paid", attribute: "amount", where: { gift: true }, groupBy: "kind" },
      b: { ...texts, kind: "count", event: "session.escalate", groupBy: { attribute: "reason", values: ["keyword"] } },
      c: { ...texts, kind: "ratio", numerator: "a", denominator: "b" },
    },
  });
  expect(right.events).toBe(events);
  defineSpanledger({
    events,
    metrics: {
      // @ts-expect-error no such event
      a: { ...texts, kind: "count", event: "order.payed" },
      // @ts-expect-error no such attribute
      b: { ...texts, kind: "sum", event: "order.paid", attribute: "amonut" },
      // @ts-expect-error a text is not added up
      c: { ...texts, kind: "sum", event: "order.paid", attribute: "kind" },
      // @ts-expect-error the attribute is a boolean
      d: { ...texts, kind: "count", event: "order.paid", where: { gift: "yes" } },
    },
  });
  // A config without events of its own.
  defineSpanledger({ metrics: { a: { ...texts, kind: "count", event: "agent.login" } } });
  defineSpanledger({
    metrics: {
      // @ts-expect-error no such event
      a: { ...texts, kind: "count", event: "agent.logn" },
    },
  });
});
