import type { LoadSpec } from "./make-load.ts";

/** What the load generator's process is asked to do. */
export type Job =
  /**
   * Make a load, so that the runs that use it start at once; `renewed`: again, with other ids. A receiver remembers the ids
   * that it committed lately, and would look each of them up in the emptied table (3 % of an event's CPU).
   */
  | { readonly kind: "make"; readonly load: LoadSpec; readonly renewed?: boolean }
  /** Send a load to receivers; `earlier` sends only what it repeats. */
  | {
      readonly kind: "send";
      readonly load: LoadSpec;
      readonly ports: readonly number[];
      readonly connections: number;
      readonly earlier?: boolean;
      /** Requests a second, or null for as fast as they are answered. */
      readonly perSecond?: number | null;
      /** Only so many requests of the load. */
      readonly requests?: number;
    }
  /** Write the rows of a load without a receiver. */
  | {
      readonly kind: "write";
      readonly way: "copy-binary" | "copy-text" | "insert-each" | "naive-tracker" | "batched-tracker";
      readonly load: LoadSpec;
      readonly connectionString: string;
      readonly connections?: number;
      /** Only so many rows of the load: the slow ways need few to show their rate. */
      readonly rows?: number;
      readonly redisUrl?: string | null;
    };

export interface JobResult {
  readonly ms: number;
  readonly events: number;
  readonly spans: number;
  /** µs of CPU that the load generator's process used for the job, making the load left out. */
  readonly cpu: number;
  /** Milliseconds from request to acknowledgement, if requests were sent. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export type JobAnswer = { readonly result: JobResult } | { readonly error: string };
