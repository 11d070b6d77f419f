import { recordBusinessEvent } from "@spanledger/sdk";
import type { EventsOf } from "@spanledger/sdk";
import { randomUUID } from "node:crypto";
import type config from "../every-kind.config.ts";

/** Names, attributes and required ones of `recordBusinessEvent` are those of our own config from here on. */
declare module "@spanledger/sdk" {
  interface OwnEvents extends EventsOf<typeof config> {}
}

export interface Booking {
  readonly id: string;
  readonly guests: number;
  readonly channel: string;
  /** In the restaurant's currency. */
  readonly deposit: number;
  readonly mealAt: Date;
  readonly sessionId: string | undefined;
}

const hourMs = 3_600_000;

/** Tables that are booked and given back; each is a business event of our own. */
export class BookingDesk {
  readonly #bookings = new Map<string, Booking>();

  book(request: Omit<Booking, "id">): Booking {
    const booking = { ...request, id: randomUUID() };
    this.#bookings.set(booking.id, booking);
    recordBusinessEvent("booking.confirmed", {
      guests: booking.guests,
      channel: booking.channel,
      deposit: booking.deposit,
      lead_time: (booking.mealAt.getTime() - Date.now()) / hourMs,
      session_id: booking.sessionId,
    });
    return booking;
  }

  /** @returns the booking that was given back, or undefined if there is none of that id */
  cancel(id: string): Booking | undefined {
    const booking = this.#bookings.get(id);
    if (booking === undefined) return undefined;
    this.#bookings.delete(id);
    recordBusinessEvent("booking.cancelled", { session_id: booking.sessionId });
    return booking;
  }
}
