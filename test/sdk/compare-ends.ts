/** A product ends with the SDK as it does without: the same exit code and signal, in the same time, and every event arrives. */
import { availableParallelism, loadavg } from "node:os";
import { expect } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";
import type { ProductEnd } from "./run-product.ts";

/** What an end may take longer with the SDK, in ms. */
const extraMs = 300;
/** How long the end of a product may wait for a receiver that is away, in ms. */
const budgetMs = 300;
/** A machine that is busy with other tests may be slow once, but not each time. */
const attempts = 4;
/** How much longer everything takes on this machine now, because others use its processors too. */
const stretch = (): number => Math.max(1, loadavg()[0]! / availableParallelism());

/** Where a run of a product sends its events, and how long its end may wait. */
export interface Surroundings {
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A product that can be run with and without the SDK. */
export interface ComparedProduct {
  readonly run: (sdk: "with" | "without", surroundings: Surroundings) => Promise<ProductEnd>;
  /** Events that it records. */
  readonly events: number;
}

/**
 * Runs the product without the SDK, with it, and with it while the receiver takes requests and never answers.
 * @returns the events of the run with a receiver
 */
export async function expectSameEnd(product: ComparedProduct): Promise<OtlpSink["events"]> {
  const sink = await OtlpSink.start();
  try {
    const without = await runIn("without", product, sink, extraMs);
    await compare(product, sink, extraMs, without, (end) => {
      expect(linesOfSdk(end)).toEqual([]);
      expect(sink.eventIds.size).toBe(product.events);
      expect(sink.events).toHaveLength(product.events);
    });
    const events = [...sink.events];
    sink.misbehave = () => true;
    await compare(product, sink, budgetMs + extraMs, without, (end) => {
      const lost = linesOfSdk(end).map((line) => /had taken (\d+) business events; they are lost/.exec(line)?.[1] ?? 0);
      // Each process of the product says its own number.
      expect(lost.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(product.events);
    });
    return events;
  } finally {
    await sink.stop();
  }
}

async function compare(
  product: ComparedProduct,
  sink: OtlpSink,
  limitMs: number,
  first: ProductEnd,
  examine: (end: ProductEnd) => void,
): Promise<void> {
  const longerMs: number[] = [];
  for (let without = first; longerMs.length < attempts; without = await runIn("without", product, sink, limitMs)) {
    sink.forget();
    const end = await runIn("with", product, sink, limitMs);
    expect(outcomeOf(end)).toEqual(outcomeOf(without));
    examine(end);
    longerMs.push(Math.round(end.endedMs - without.endedMs));
    if (longerMs.at(-1)! <= limitMs * stretch()) return;
  }
  const may = `${limitMs} ms longer on a machine with nothing else to do (load ${loadavg()[0]})`;
  expect.fail(`the end took ${longerMs.join(", ")} ms longer with the SDK, and may take ${may}`);
}

function runIn(
  sdk: "with" | "without",
  product: ComparedProduct,
  sink: OtlpSink,
  limitMs: number,
): Promise<ProductEnd> {
  // A receiver that is up is waited for: that ends in time is what is measured.
  const waitMs = limitMs > extraMs ? budgetMs : 20_000;
  return product.run(sdk, { endpoint: sink.url, env: { SPANLEDGER_EXIT_WAIT_MS: String(waitMs) } });
}

function outcomeOf({ code, signal, stdout }: ProductEnd): object {
  return { code, signal, stdout };
}

function linesOfSdk({ stderr }: ProductEnd): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("@spanledger/sdk:"));
}
