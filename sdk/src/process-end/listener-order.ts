import { realProcess } from "./real-process.ts";

type Listener = (...args: unknown[]) => void;

interface Entry {
  readonly event: string;
  readonly listener: Listener;
  readonly place: "first" | "last";
}

/**
 * Keeps listeners of ours first, or last, among those of `process`, whoever adds more or removes all. Listeners are
 * counted against a limit of ten, which is the product's: ours do not use it up.
 */
export class OrderedListeners {
  readonly #entries = new Set<Entry>();
  #extended = false;

  /** Adds the listener, unless it is there. */
  add(event: string, listener: Listener, place: "first" | "last"): void {
    for (const entry of this.#entries) if (entry.event === event && entry.listener === listener) return;
    this.#extendLimit();
    this.#watch();
    const entry = { event, listener, place };
    this.#entries.add(entry);
    restore(entry);
  }

  /** Removes ours from an event. */
  remove(event: string): void {
    for (const entry of this.#entries) {
      if (entry.event !== event) continue;
      this.#entries.delete(entry);
      realProcess.removeListener(event, entry.listener);
    }
  }

  #extendLimit(): void {
    if (this.#extended) return;
    this.#extended = true;
    const most = realProcess.getMaxListeners();
    if (most > 0) realProcess.setMaxListeners(most + 2);
  }

  #watch(): void {
    for (const event of ["newListener", "removeListener"]) {
      const listeners = realProcess.listeners(event as "exit") as unknown[];
      if (!listeners.includes(this.#attend)) realProcess.on(event as "newListener", this.#attend);
    }
  }

  /** Listeners of an event change. Afterwards, not now: the new one is not among them yet. */
  readonly #attend = (event: string | symbol): void => {
    const isWatch = event === "newListener" || event === "removeListener";
    if (!isWatch && ![...this.#entries].some((entry) => entry.event === event)) return;
    void settled().then(() => {
      this.#watch();
      for (const entry of this.#entries) if (isWatch || entry.event === event) restore(entry);
    });
  };
}

/** A promise of the language's own: products replace `Promise` and `queueMicrotask`. */
async function settled(): Promise<void> {}

/** Puts a listener in its place, never leaving a signal without a listener: its default would end the process. */
function restore({ event, listener, place }: Entry): void {
  const listeners = realProcess.listeners(event as "exit") as unknown[];
  if (listeners.at(place === "first" ? 0 : -1) === listener) return;
  realProcess.removeListener(event, listener);
  try {
    if (place === "first") realProcess.prependListener(event as "exit", listener);
    else realProcess.on(event as "exit", listener);
  } catch {
    // A signal that this system does not have.
  }
}
