import type { TokenList } from "./check-across.ts";
import type { TokenGrant } from "./parse-tokens.ts";

/** What the receiver is told by its environment; made once, passed as an argument. */
export interface Config {
  /** Undefined: an embedded PostgreSQL in `dataFolder`. */
  readonly databaseUrl: string | undefined;
  /** Where migrations run instead, at the start and by hand; undefined: where everything runs. */
  readonly migrationDatabaseUrl: string | undefined;
  /** Where pages and figures are read; undefined: from `databaseUrl`. */
  readonly readDatabaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly redisUrl: string | undefined;
  /** File with the product's own events and metrics; undefined: the one of the working folder, if any. */
  readonly definitionsFile: string | undefined;
  readonly host: string;
  readonly port: number;
  /** True if only this machine can reach the receiver. */
  readonly loopback: boolean;
  /** Empty: nobody has to show a token. */
  readonly ingestTokens: readonly TokenGrant[];
  /** Empty: nobody has to show a token. */
  readonly readTokens: readonly TokenGrant[];
  /** The files that the lists were read from; they are read again while the receiver runs. */
  readonly ingestTokensFile: TokenList["file"];
  readonly readTokensFile: TokenList["file"];
  /** Names that are served beside loopback's if nobody has to show a token. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may send: `https://shop.example`, `https://*.shop.example`, `*`. */
  readonly corsOrigins: readonly string[];
  /** Before every link, without a slash at its end; "" if there is none. */
  readonly basePath: string;
  /** Where readers reach the receiver, without a slash at its end; undefined: messages have no links. */
  readonly publicUrl: string | undefined;
  /** Undefined: /metrics is open on loopback, and closed elsewhere. */
  readonly metricsToken: string | undefined;
  readonly businessTimezone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** A decimal number as text. */
  readonly costPerManualSession: string;
  readonly locale: "zh-CN" | "en";
  readonly sessionIdleTimeoutSeconds: number;
  /** Undefined: everything is kept. */
  readonly retentionMonths: number | undefined;
  /** True: tenants of older counting rules are counted anew by themselves. */
  readonly autoRebuild: boolean;
  /** With `{trace_id}` in it. */
  readonly traceUrlTemplate: string | undefined;
  /** The database holds generated data: pages and files say so. */
  readonly sampleData: boolean;
  /** Largest body on the wire. */
  readonly maxBodyBytes: number;
  /** Largest body after decompression. */
  readonly maxInflatedBytes: number;
  readonly maxQueueBytes: number;
  readonly batchMaxEvents: number;
  readonly logLevel: string;
}
