import type { Walk } from "../otlp/walk-pauses.ts";
import type { RejectedEvent, WaitingEvent } from "./business-event.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { makeRejection } from "./make-rejection.ts";
import type { BadEvent } from "./make-rejection.ts";
import { bytesOfRejection } from "./measure-mapped.ts";

/** What is known of an event whose time has not come. */
export type TooEarly = Pick<WaitingEvent, "occurredAtMs" | "serviceName">;

/** Why such an event is kept, should there be no room for it to wait. */
export const tooEarly: EventProblem = { code: "in_the_future", text: "The event's time has not come" };

/** The events of a request that are kept as they were sent: those with a problem, and those whose time has not come. */
export class KeptEvents {
  rejected: RejectedEvent[] = [];
  #waiting: WaitingEvent[] | undefined;
  readonly #unfinished: {
    readonly making: Generator<undefined, RejectedEvent>;
    readonly early: TooEarly | null;
  }[] = [];

  /** @param early null: it is rejected */
  add(event: BadEvent, early: TooEarly | null): void {
    const making = makeRejection(event);
    const { done, value } = making.next();
    if (done === true) this.#keep(value, early);
    else this.#unfinished.push({ making, early });
  }

  #keep(kept: RejectedEvent, early: TooEarly | null): void {
    if (early === null) this.rejected.push(kept);
    else (this.#waiting ??= []).push({ ...kept, ...early });
  }

  /** Goes on with long events. */
  *finish(): Walk {
    for (const { making, early } of this.#unfinished) this.#keep(yield* making, early);
    if (this.#unfinished.length > 0) this.#unfinished.length = 0;
  }

  /** Memory of the events whose time has not come, about. */
  get waitingBytes(): number {
    return this.#waiting?.reduce((sum, event) => sum + bytesOfRejection(event), 0) ?? 0;
  }

  /** Forgets what is not finished. */
  restart(): void {
    this.#unfinished.length = 0;
  }

  /** What was kept since the last call. */
  take(): { readonly rejected: RejectedEvent[]; readonly waiting: WaitingEvent[] | undefined } {
    const { rejected } = this;
    const waiting = this.#waiting;
    this.rejected = [];
    this.#waiting = undefined;
    return { rejected, waiting };
  }
}
