import { parseArgs } from "node:util";
import protobuf from "protobufjs";
import { mapRequest } from "../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits, type MappingContext } from "../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../collector-receiver/src/metrics/event-counters.ts";
import { makeDecodeLoad, type DecodeLoad } from "./make-decode-load.ts";

/**
 * Spans a second from OTLP bytes to events that are ready to be stored, as a ratio to what only
 * decodes: protobufjs (its generated decoder) and JSON.parse of the same text in the same run.
 * `--json` prints the figures as one document.
 */
export interface DecodeFigure {
  readonly id: string;
  readonly ratio: number;
  readonly spansPerSecond: number;
  readonly referenceSpansPerSecond: number;
}

const context: MappingContext = {
  tenant: { kind: "fixed", tenantId: "default" },
  nowMs: Date.now(),
  retainedFromMs: () => null,
  countedAttributes,
  limits: defaultMappingLimits,
};

/** Runs both in turn, so that what disturbs the machine disturbs both, and takes medians. */
export function runDecodeBench(rounds = 9, roundMs = 120): DecodeFigure[] {
  const root = protobuf.loadSync(new URL("../../test/fixtures/otlp-subset.proto", import.meta.url).pathname);
  const type = root.lookupType("otlp.TracesData");
  const figures: DecodeFigure[] = [];
  for (const every of [1, 20]) {
    const load = makeDecodeLoad(root, every);
    const text = load.json.toString();
    const name = `1-in-${every}`;
    const mapped = mapRequest(load.protobuf, "protobuf", "traces", context);
    if (mapped.events.length !== load.events)
      throw new Error(`${mapped.events.length} of ${load.events} events mapped`);
    figures.push(
      compare(`decode-protobuf-${name}`, load, rounds, roundMs, {
        ours: () => mapRequest(load.protobuf, "protobuf", "traces", context).events.length,
        reference: () => (type.decode(load.protobuf) as unknown as { resourceSpans: unknown[] }).resourceSpans.length,
      }),
      compare(`decode-json-${name}`, load, rounds, roundMs, {
        ours: () => mapRequest(load.json, "json", "traces", context).events.length,
        // The text alone, without making it from bytes: the hardest reading of "as fast as JSON.parse".
        reference: () => (JSON.parse(text) as { resourceSpans: unknown[] }).resourceSpans.length,
      }),
    );
  }
  return figures;
}

function compare(
  id: string,
  load: DecodeLoad,
  rounds: number,
  roundMs: number,
  runs: { readonly ours: () => number; readonly reference: () => number },
): DecodeFigure {
  const ours: number[] = [];
  const reference: number[] = [];
  spansPerSecond(runs.ours, load, roundMs);
  spansPerSecond(runs.reference, load, roundMs);
  for (let round = 0; round < rounds; round++) {
    ours.push(spansPerSecond(runs.ours, load, roundMs));
    reference.push(spansPerSecond(runs.reference, load, roundMs));
  }
  const ratio = median(ours.map((rate, i) => rate / reference[i]!));
  return {
    id,
    ratio,
    spansPerSecond: median(ours),
    referenceSpansPerSecond: median(reference),
  };
}

function spansPerSecond(run: () => number, load: DecodeLoad, ms: number): number {
  const start = performance.now();
  let requests = 0;
  let elapsed = 0;
  do {
    if (run() === 0) throw new Error("nothing was decoded");
    requests++;
    elapsed = performance.now() - start;
  } while (elapsed < ms);
  return (requests * load.spans * 1000) / elapsed;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const figures = runDecodeBench();
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ figures })}\n`);
  } else {
    for (const figure of figures) {
      const rates = `${Math.round(figure.spansPerSecond / 1000)} k against ${Math.round(figure.referenceSpansPerSecond / 1000)} k spans/s`;
      process.stdout.write(`${figure.id}: ${figure.ratio.toFixed(2)} (${rates})\n`);
    }
  }
}
