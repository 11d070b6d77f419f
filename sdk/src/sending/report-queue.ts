import { concatBytes } from "../recording/protobuf-bytes.ts";

/** Adds to a counter of `controlCounter`. */
export type Count = (counter: number, amount: number) => void;

interface WaitingReport {
  readonly body: Uint8Array;
  readonly count: Count;
  readonly resolve: (arrived: boolean) => void;
}

/** So many reports, of less than a KiB each, go into one request. */
const maxReports = 500;

/** Reports of sources that end at the same time travel together: those that come while one is under way are next. */
export class ReportQueue {
  readonly #post: (body: Uint8Array, counts: readonly Count[]) => Promise<boolean>;
  readonly #waiting: WaitingReport[] = [];
  #sending = false;

  /** @param post false if the sender was closed before the request arrived */
  constructor(post: (body: Uint8Array, counts: readonly Count[]) => Promise<boolean>) {
    this.#post = post;
  }

  /** Resolves true when the report has arrived. */
  send(body: Uint8Array, count: Count): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push({ body, count, resolve });
      if (!this.#sending) void this.#sendWaiting();
    });
  }

  async #sendWaiting(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0, maxReports);
      const arrived = await this.#post(
        concatBytes(taken.map(({ body }) => body)),
        taken.map(({ count }) => count),
      );
      for (const { resolve } of taken) resolve(arrived);
    }
    this.#sending = false;
  }
}
