import { maxAheadMs } from "./find-event-problem.ts";
import type { MappingContext } from "./mapping-context.ts";

/** What a request says of a sender's clock. */
export interface ClockNote {
  readonly tenantId: string;
  /** Empty if its events name none. */
  readonly serviceName: string;
  /** By how much its last event was ahead, in ms; null: it came in time. */
  readonly aheadMs: number | null;
}

/** An event that is further ahead says that its sender's clock is. */
const aheadFromMs = 60_000;

/** What a sender is known by. */
export function clockKey({ tenantId, serviceName }: Pick<ClockNote, "tenantId" | "serviceName">): string {
  return `${tenantId}\n${serviceName}`;
}

/** From when on a tenant's events have to wait: an hour ahead, or a business day that has not begun. */
export function waitsFromMs({ nowMs, nextDayMs }: MappingContext, tenantId: string): number {
  return Math.min(nowMs + maxAheadMs + 1, nextDayMs?.(tenantId) ?? Infinity);
}

/** Watches how far the events of a request are ahead of the receiver's clock, resource by resource. */
export class SenderClocks {
  readonly #context: MappingContext;
  #sender = { tenantId: "", serviceName: "" };
  #waitsFromMs = Infinity;
  /** The sender's clock was ahead until now, so that it matters if an event comes in time. */
  #wasAhead = false;
  #notes: Map<string, ClockNote> | undefined;

  constructor(context: MappingContext) {
    this.#context = context;
  }

  /** The events that follow are of this sender. */
  begin(tenantId: string, serviceName: string | null): void {
    const { clocksAhead } = this.#context;
    this.#sender = { tenantId, serviceName: serviceName ?? "" };
    this.#waitsFromMs = waitsFromMs(this.#context, tenantId);
    this.#wasAhead = clocksAhead !== undefined && clocksAhead.size > 0 && clocksAhead.has(clockKey(this.#sender));
  }

  /** Whether an event has to wait until its time has come. */
  isTooEarly(occurredAtMs: number): boolean {
    if (this.#wasAhead || occurredAtMs > this.#context.nowMs + aheadFromMs) this.#note(occurredAtMs);
    return occurredAtMs >= this.#waitsFromMs;
  }

  #note(occurredAtMs: number): void {
    const ahead = occurredAtMs - this.#context.nowMs;
    const note = { ...this.#sender, aheadMs: ahead > aheadFromMs ? ahead : null };
    addClockNote((this.#notes ??= new Map()), note);
  }

  /** What was noted since the last call. */
  take(): ClockNote[] | undefined {
    const notes = this.#notes && [...this.#notes.values()];
    this.#notes = undefined;
    return notes;
  }
}

/** One note a sender: of what came together, the furthest ahead counts. */
export function addClockNote(notes: Map<string, ClockNote>, note: ClockNote): void {
  const key = clockKey(note);
  if ((notes.get(key)?.aheadMs ?? -1) < (note.aheadMs ?? 0)) notes.set(key, note);
}
