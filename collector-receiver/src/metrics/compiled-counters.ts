import type { CountableEvent } from "../mapping/business-event.ts";
import { agentColumns } from "./counter-columns.ts";
import { durationHistograms, eventCounters } from "./event-counters.ts";
import type { EventCounter } from "./event-counters.ts";
import { toScaledInteger } from "./scale-decimal.ts";

/** A counter, and where in a row it stands. */
interface CompiledCounter {
  readonly counter: EventCounter;
  readonly businessAt: number;
  /** Place in an agent row, or -1. */
  readonly agentAt: number;
}
/** What events of one name move. */
interface CompiledEvent {
  readonly counters: readonly CompiledCounter[];
  readonly byAgent: boolean;
  readonly histograms: readonly (typeof durationHistograms)[number][];
}

function compile(): Map<string, CompiledEvent> {
  const agentPlaces = new Map<string, number>(agentColumns.map(({ column }, place) => [column, place]));
  const byEvent = new Map<string, CompiledEvent>();
  for (const event of new Set<string>(eventCounters.flatMap((counter) => counter.events))) {
    const isOf = ({ events }: { readonly events: readonly string[] }): boolean => events.includes(event);
    const counters = eventCounters.flatMap((counter, businessAt) =>
      isOf(counter)
        ? [
            {
              counter,
              businessAt,
              agentAt: counter.byAgent ? (agentPlaces.get(counter.column) ?? -1) : -1,
            },
          ]
        : [],
    );
    byEvent.set(event, {
      counters,
      byAgent: counters.some(({ agentAt }) => agentAt >= 0),
      histograms: durationHistograms.filter(isOf),
    });
  }
  return byEvent;
}

/** What the events of each name move. */
export const compiledCounters: ReadonlyMap<string, CompiledEvent> = compile();

/** What an event adds to a counter, as an integer. */
export function amountOfEvent(counter: EventCounter, event: CountableEvent): number {
  if (counter.when && event.attributes[counter.when.attribute] !== counter.when.is) return 0;
  if (counter.present !== undefined && event.attributes[counter.present] === undefined) return 0;
  if (!counter.sum) return 1;
  const value = event.attributes[counter.sum.attribute];
  return typeof value === "number" ? toScaledInteger(value, counter.sum.shift) : 0;
}
