import { expect, test } from "vitest";
import { textsOf } from "../../../collector-receiver/src/web/report/choose-texts.ts";

test("one thing is written in the singular, several in the plural", () => {
  const { chart, comparison, completeNumbers } = textsOf("en");
  const texts = (count: string): string[] => [
    chart.sessions.summary(count, "0", "0.0%"),
    chart.responses.summary(count, ["half took at most 1 s (p50)"]),
    chart.reasons.summary(count, "refund", "100.0%"),
    chart.agents.summary(count, "2 agents", "Li"),
    chart.tickets.summary(count, "0", "—"),
    comparison.byDay(Number(count), 28),
    completeNumbers(count, "0", "0"),
  ];
  const nouns = (count: string) =>
    texts(count).map((text) => new RegExp(`\\b${count} ((?:timed )?[a-z]+)`).exec(text)?.[1]);
  const one = ["conversation", "timed response", "escalation", "session", "ticket", "day", "event"];
  expect(nouns("1")).toEqual(one);
  expect(nouns("2")).toEqual(one.map((noun) => `${noun}s`));
});
