type Listener = (...args: unknown[]) => void;

/**
 * Keeps a listener of ours first, or last, among those of `process`, whoever adds more. Listeners are counted
 * against a limit of ten, which is the product's: ours does not use one up.
 */
export class OrderedListeners {
  readonly #places = new Map<string, { readonly listener: Listener; readonly place: "first" | "last" }>();
  #watches = false;

  /** Adds the listener, unless it is there. */
  add(event: string, listener: Listener, place: "first" | "last"): void {
    this.#places.set(event, { listener, place });
    this.#watch();
    insert(event, listener, place);
  }

  remove(event: string): void {
    const entry = this.#places.get(event);
    this.#places.delete(event);
    if (entry !== undefined) process.removeListener(event, entry.listener);
  }

  #watch(): void {
    if (this.#watches) return;
    this.#watches = true;
    const most = process.getMaxListeners();
    if (most > 0) process.setMaxListeners(most + 1);
    process.on("newListener", (event) => {
      const entry = typeof event === "string" ? this.#places.get(event) : undefined;
      if (entry === undefined) return;
      // Afterwards: it is not among the listeners yet. Not by `queueMicrotask`, which tests replace.
      void Promise.resolve().then(() => this.#restore(event as string));
    });
  }

  /** Moves ours back to its place, never leaving the signal without a listener: its default would end the process. */
  #restore(event: string): void {
    const entry = this.#places.get(event);
    if (entry === undefined) return;
    const listeners = process.listeners(event as "exit") as unknown[];
    if (listeners.at(entry.place === "first" ? 0 : -1) === entry.listener) return;
    if (!listeners.includes(entry.listener)) return;
    process.removeListener(event, entry.listener);
    insert(event, entry.listener, entry.place);
  }
}

function insert(event: string, listener: Listener, place: "first" | "last"): void {
  if ((process.listeners(event as "exit") as unknown[]).includes(listener)) return;
  try {
    if (place === "first") process.prependListener(event as "exit", listener);
    else process.on(event as "exit", listener);
  } catch {
    // A signal that this system does not have.
  }
}
