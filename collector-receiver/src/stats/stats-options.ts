import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { Pool } from "pg";
import type { Locale } from "../metrics/format-metric.ts";
import type { LiveCounters } from "./live-counters.ts";

/** What the plugin needs from whoever mounts it. */
export interface StatsOptions {
  /** PostgreSQL with Spanledger's tables; only read. */
  readonly pool: Pick<Pool, "query">;
  /** Whose numbers a request may see. Throw here to refuse it. */
  readonly tenantOf: (request: FastifyRequest) => string;
  /** Language if a request names none. */
  readonly locale: Locale;
  /** The clock, in ms; for tests. */
  readonly now?: () => number;
  /** Answers an error if a person asked with a browser, else undefined; without it, everybody gets JSON. */
  readonly answerPerson?:
    | ((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined)
    | undefined;
  /** Counters of today from a cache; without it, PostgreSQL answers. */
  readonly live?: LiveCounters;
}

/** The options with every default filled in: what a route is given. */
export interface StatsContext extends StatsOptions {
  readonly now: () => number;
}

export type StatsApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
