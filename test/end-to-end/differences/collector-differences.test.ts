/** What the Collector takes, the receiver takes: the same business events, or a difference that is listed with its reason. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCollector } from "../../../deploy/collector/find-collector.ts";
import { anyTraces, encodeJson, encodeProtobuf } from "../../collector-receiver/mapping/otlp-messages.ts";
import { mutate, mutations } from "../../collector-receiver/otlp/mutate-bytes.ts";
import { writeInParts } from "../../collector-receiver/otlp/write-in-parts.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { describeWith } from "../../support/describe-with.ts";
import { asLogs, replaceValue } from "./change-requests.ts";
import { knownDifferences } from "./known-differences.ts";
import { openBothWays, type Body, type BothWays, type Encoding, type Signal, type Ways } from "./open-both-ways.ts";

/** Requests of each kind; each crosses the Collector, in about a millisecond. With 5,000 of each nothing unlisted was found. */
const runs = 120;
const choices = fc.array(fc.nat(), { minLength: 20, maxLength: 100 });
type Message = typeof anyTraces extends fc.Arbitrary<infer M> ? M : never;

const forms: readonly (readonly [Encoding, Signal])[] = [
  ["json", "traces"],
  ["json", "logs"],
  ["protobuf", "traces"],
  ["protobuf", "logs"],
];

/** To be added to the known differences, or mended. */
function describeBody({ encoding, bytes }: Body): string {
  return encoding === "json" ? bytes.toString("latin1") : bytes.toString("hex");
}

/** Why two outcomes differ: a known difference, or null; undefined if they do not differ. */
function reasonOf(ways: BothWays, body: Body): string | null | undefined {
  const { direct, through } = ways;
  if (direct.refused !== undefined && through.refused !== undefined) return undefined;
  if (JSON.stringify(direct) === JSON.stringify(through)) return undefined;
  const known = knownDifferences.find(
    (difference) => difference.body.encoding === body.encoding && difference.explains(ways, body),
  );
  return known?.title ?? null;
}

describeWith("an OpenTelemetry Collector (npm run setup)", await findCollector(), (program) => {
  const folder = makeFolder();
  let ways: Ways;
  beforeAll(async () => {
    ways = await openBothWays(program(), folder);
  }, 120_000);
  afterAll(async () => {
    await ways?.close();
    removeFolder(folder);
  });

  /** Sends requests both ways; one that differs has to have a known reason. @returns how many events were compared */
  async function compareAll(
    [encoding, signal]: readonly [Encoding, Signal],
    write: (message: Message, choices: number[]) => Buffer,
  ): Promise<number> {
    let compared = 0;
    const run = fc.asyncProperty(anyTraces, choices, async (message, chosen) => {
      const body = { encoding, signal, bytes: write(message, chosen) };
      const outcomes = await ways.compare(body);
      if (reasonOf(outcomes, body) === null) expect(outcomes.direct, describeBody(body)).toEqual(outcomes.through);
      else if (outcomes.through.refused === undefined) compared += outcomes.through.events.length;
    });
    await fc.assert(run, { numRuns: runs, endOnFailure: true });
    return compared;
  }

  const messageOf = (signal: Signal, message: Message) => (signal === "logs" ? asLogs(message) : message);
  const encode = (encoding: Encoding, signal: Signal, message: Message): Buffer =>
    encoding === "json" ? encodeJson(messageOf(signal, message)) : encodeProtobuf(signal, messageOf(signal, message));

  test.each(knownDifferences)("$title: still differs, and for that reason", async ({ body, explains }) => {
    const outcomes = await ways.compare(body);
    expect(outcomes.direct).not.toEqual(outcomes.through);
    expect(explains(outcomes, body)).toBe(true);
  });

  test.each(forms)("%s, %s: what encoders write gives the same events, without any difference", async (...form) => {
    const [encoding, signal] = form;
    let differ = 0;
    const compared = await compareAll(form, (message) => encode(encoding, signal, message));
    const run = fc.asyncProperty(anyTraces, async (message) => {
      const body = { encoding, signal, bytes: encode(encoding, signal, message) };
      if (reasonOf(await ways.compare(body), body) !== undefined) differ++;
    });
    await fc.assert(run, { numRuns: 50 });
    expect(differ).toBe(0);
    expect(compared).toBeGreaterThan(runs / 2);
  });

  test.each(forms)("%s, %s: changed bytes", async (...form) => {
    const [encoding, signal] = form;
    const compared = await compareAll(form, (message, chosen) => {
      const changes = fc.sample(mutations, { numRuns: 1, seed: chosen[0]! });
      return mutate(encode(encoding, signal, message), changes[0]!);
    });
    expect(compared).toBeGreaterThan(0);
  });

  test.each(["traces", "logs"] as const)(
    "json, %s: messages in parts, in either case and any order",
    async (signal) => {
      const compared = await compareAll(["json", signal], (message, chosen) => {
        let at = 0;
        const choose = (n: number) => chosen[at++ % chosen.length]! % n;
        return Buffer.from(writeInParts(messageOf(signal, message), { choose, isLenient: false }));
      });
      expect(compared).toBeGreaterThan(runs / 2);
    },
  );

  test.each(["traces", "logs"] as const)("json, %s: values of any kind in place of others", async (signal) => {
    const compared = await compareAll(["json", signal], (message, [place, value, otherPlace, other]) => {
      const json = JSON.stringify(messageOf(signal, message));
      return Buffer.from(replaceValue(replaceValue(json, place!, value!), otherPlace!, other!));
    });
    expect(compared).toBeGreaterThan(0);
  });
});
