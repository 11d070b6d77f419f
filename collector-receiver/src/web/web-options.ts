import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SignIn } from "./page/sign-in.ts";
import type { ShareDesk } from "./share/share-desk.ts";
import type { StatsOptions } from "../stats/stats-options.ts";

/** What the pages need from whoever mounts them. */
export interface WebOptions extends Pick<StatsOptions, "pool" | "tenantOf" | "locale" | "now" | "live"> {
  /** True if the database holds generated data: every page says so. */
  readonly sampleData?: boolean;
  /** Address of a trace in the tracing UI, with `{trace_id}` in it; without it, ids are shown as text. */
  readonly traceUrlTemplate?: string | undefined;
  /** BASE_PATH: what stands before every path, as people and products write it. */
  readonly basePath?: string;
  /** Signing in with a form; without it, tools and browsers show a token with each request. */
  readonly signIn?: SignIn | undefined;
  /** Sharing from the page; without it, reports are shared with the command alone. */
  readonly shares?: ShareDesk | undefined;
  /** Told of links to shared copies that do not exist; it may refuse the request with an error of its own. */
  readonly onUnknownShare?: ((request: FastifyRequest) => void) | undefined;
}

/** The options with every default filled in: what a route is given. */
export interface WebContext extends WebOptions {
  readonly now: () => number;
  readonly sampleData: boolean;
}

export type WebApp = FastifyInstance;
