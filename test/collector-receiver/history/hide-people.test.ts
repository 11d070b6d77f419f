import { expect, test } from "vitest";
import { HiddenPeople } from "../../../collector-receiver/src/history/hide-people.ts";

const hidden = new HiddenPeople(Buffer.from("salt"), {
  events: {
    "acme.paid": {
      en: "Paid",
      zh: "付款",
      attributes: { amount: { type: "double", en: "Amount", zh: "金额" } },
    },
  },
  metrics: {},
});

test("an exported event keeps what is declared, hashes people, and leaves out texts and numbers that may name somebody", () => {
  const data = { user_id: "u-1", agent_id: 7, response_time_ms: 120, role: "ai", vip: true };
  const undeclared = { phone: 4_917_012_345, customer_id: 4711, note: "call Ms Li", nested: { name: "Li" } };
  expect(hidden.clean("session.message", { ...data, ...undeclared })).toEqual({
    user_id: hidden.hash("u-1"),
    agent_id: hidden.hash("7"),
    response_time_ms: 120,
    role: "ai",
    vip: true,
  });
  expect(hidden.clean("acme.paid", { amount: 12.5, iban: 12_345_678 })).toEqual({ amount: 12.5 });
  expect(hidden.hash("u-1")).toMatch(/^[0-9a-f]{32}$/);
  expect(new HiddenPeople(Buffer.from("other"), undefined).hash("u-1")).not.toBe(hidden.hash("u-1"));
});
