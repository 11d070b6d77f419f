import type { Narrate } from "./history-event.ts";
import type { OpenTicket } from "./narrate-ticket.ts";
import type { SampleShift } from "./plan-shifts.ts";
import type { SampleConditions } from "./sample-incidents.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** The day on which a customer comes: who is at work, and what is unlike other days. */
export interface SampleDay {
  readonly shifts: readonly SampleShift[];
  readonly conditions: SampleConditions;
  readonly random: SeededRandom;
  readonly narrate: Narrate;
  readonly openTicket: OpenTicket;
}
