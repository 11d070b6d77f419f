import Type from "typebox";
import { variable, type VariableNotes } from "./variable-notes.ts";

const MiB = 1024 * 1024;

/** The variable that names a file with the tokens of another variable. */
function tokensFile(list: "INGEST_TOKENS" | "READ_TOKENS") {
  return Type.String(
    variable({
      description:
        `File with the entries of \`${list}\`, one a line; \`#\` begins a comment. It is read again every 10 s, so that ` +
        "tokens are rotated without a restart.",
      whenUnset: `\`${list}\``,
      expected: `the path of a file with lines tenant:token or tenant:sha256:hash, and ${list} to nothing`,
    }),
  );
}

/** One origin as browsers send it; a `*` stands for any characters. */
const originPattern = "(\\*|null|[A-Za-z][A-Za-z0-9+.-]*://([^\\s,/*]+\\*?|\\*)[^\\s,/*]*)";

/** Every variable that the receiver reads: validation, `Config` and docs/environment.md come from here. */
export const environmentSchema = Type.Object({
  DATABASE_URL: Type.Optional(
    Type.String(
      variable({
        description:
          "PostgreSQL 15 to 18. Several hosts are tried in order, `postgresql://…@a:5432,b:5432/spanledger`, for the one that takes " +
          "writes. `sslmode` and `target_session_attrs` mean what they mean to libpq.",
        whenUnset: "an embedded PostgreSQL in `DATA_FOLDER`",
        pattern: "^postgres(ql)?://.+",
        expected: "postgresql://user:password@host:5432/database",
        secret: true,
      }),
    ),
  ),
  MIGRATION_DATABASE_URL: Type.Optional(
    Type.String(
      variable({
        description:
          "What `spanledger migrate` and the migrations at the start use in place of `DATABASE_URL`: past a pooler, whose " +
          "transactions lose the lock that keeps two runs apart, or as the owner of the schema.",
        whenUnset: "`DATABASE_URL`",
        pattern: "^postgres(ql)?://.+",
        expected: "postgresql://owner:password@host:5432/database, the same database as DATABASE_URL",
        secret: true,
      }),
    ),
  ),
  READ_DATABASE_URL: Type.Optional(
    Type.String(
      variable({
        description:
          "Where pages and figures are read, such as a standby; ingest and live counters stay with `DATABASE_URL`. What is shown is as " +
          "old as the standby is behind, and says so.",
        whenUnset: "`DATABASE_URL`",
        pattern: "^postgres(ql)?://.+",
        expected: "postgresql://user:password@standby:5432/database, the same database as DATABASE_URL",
        secret: true,
      }),
    ),
  ),
  DATA_FOLDER: Type.String(
    variable({
      description: "Where the embedded PostgreSQL keeps its data; relative to the current folder.",
      default: ".spanledger",
      expected: "the path of a folder that this user may write",
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String(
      variable({
        description: "Redis for the live counters of today; `rediss://` for TLS.",
        whenUnset: "no Redis; `/api/analytics/live` reads PostgreSQL",
        pattern: "^rediss?://.+",
        expected: "redis://:password@host:6379/0 or rediss://…",
        secret: true,
      }),
    ),
  ),
  HOST: Type.String(
    variable({
      description: "Address to listen on. Anything but loopback needs `INGEST_TOKENS` and `READ_TOKENS`.",
      default: "127.0.0.1",
      pattern: "^[^\\s/]+$",
      expected: "an address or name such as 127.0.0.1, ::1, localhost or 0.0.0.0",
    }),
  ),
  PORT: Type.Integer(
    variable({
      description: "TCP port; 0 takes a free one, which the log names.",
      default: 4319,
      minimum: 0,
      maximum: 65535,
      expected: "a whole number from 0 to 65535",
    }),
  ),
  INGEST_TOKENS: Type.Optional(
    Type.String(
      variable({
        description:
          "Who may send: `tenant:token,…`. A tenant may have two tokens at once, so that they can be rotated. " +
          "A gateway's token names the tenants it may send for, `brand-a|brand-b:token`; the resource attribute " +
          "`spanledger.tenant` then says which. In place of a token its SHA-256 may stand, `tenant:sha256:<64 hex digits>`.",
        whenUnset: "nobody has to show a token (only where `HOST` is loopback)",
        expected: "tenant:token,other-tenant:token, each token at least 16 letters, digits or ._~+/=-",
        secret: true,
      }),
    ),
  ),
  READ_TOKENS: Type.Optional(
    Type.String(
      variable({
        description:
          "Who may read the numbers of which tenant: `tenant:token,…`; one tenant to a token. In place of a token its " +
          "SHA-256 may stand, `tenant:sha256:<64 hex digits>`. No token may be in INGEST_TOKENS too.",
        whenUnset: "nobody has to show a token (only where `HOST` is loopback)",
        expected: "tenant:token,other-tenant:token, each token at least 16 letters, digits or ._~+/=-",
        secret: true,
      }),
    ),
  ),
  INGEST_TOKENS_FILE: Type.Optional(tokensFile("INGEST_TOKENS")),
  READ_TOKENS_FILE: Type.Optional(tokensFile("READ_TOKENS")),
  METRICS_TOKEN: Type.Optional(
    Type.String(
      variable({
        description: "What a scraper of `/metrics` has to show: `Authorization: Bearer <token>`.",
        whenUnset: "`/metrics` is open if `HOST` is loopback, and closed otherwise",
        expected: "a token of at least 16 letters, digits or ._~+/=-",
        secret: true,
      }),
    ),
  ),
  BASE_PATH: Type.Optional(
    Type.String(
      variable({
        description:
          "Path under which a proxy leads to the receiver, such as `/spanledger`: every link begins with it. The proxy may keep it " +
          "or strip it.",
        whenUnset: "none: links begin with `/`",
        pattern: "^(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+/?$",
        expected: "a path such as /spanledger",
      }),
    ),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String(
      variable({
        description: "Where readers reach the receiver, `BASE_PATH` included: links in messages begin with it.",
        whenUnset: "messages have no links",
        pattern: "^https?://[^\\s?#@]+$",
        expected: "an address such as https://reports.example or https://shop.example/spanledger",
      }),
    ),
  ),
  ALLOWED_HOSTS: Type.Optional(
    Type.String(
      variable({
        description:
          "Names beyond loopback, such as a proxy's, that requests may carry in `Host` where nobody has to show a token. " +
          "Other names are refused: a web page could make a name of its own lead to this machine.",
        whenUnset: "loopback names only",
        pattern: "^[^\\s,/]+(\\s*,\\s*[^\\s,/]+)*$",
        expected: "names with or without a port, such as reports.example,reports.example:8080",
      }),
    ),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String(
      variable({
        description:
          "Origins of pages whose browsers may send events, such as `https://shop.example` or `https://*.shop.example`; `*` for all. " +
          "The Collector's configuration reads the same variable.",
        whenUnset: "no page may send",
        pattern: `^${originPattern}(,${originPattern})*$`,
        expected: "origins without a path and without spaces, such as https://shop.example,https://*.shop.example:8443",
      }),
    ),
  ),
  BUSINESS_TIMEZONE: Type.String(
    variable({
      description:
        "Where a business day of a new tenant begins and ends; `spanledger settings` changes it for one that is stored.",
      default: "Asia/Shanghai",
      expected: "an IANA name such as Asia/Shanghai, Europe/Berlin or UTC",
    }),
  ),
  CURRENCY: Type.String(
    variable({
      description: "Currency of `COST_PER_MANUAL_SESSION`, ISO 4217, for new tenants.",
      default: "CNY",
      expected: "an ISO 4217 code such as CNY, EUR or USD",
    }),
  ),
  COST_PER_MANUAL_SESSION: Type.String(
    variable({
      description:
        "What a session handled by a human costs, for new tenants; `estimated_cost_saved` is computed from it.",
      default: "10",
      pattern: "^\\d{1,12}(\\.\\d{1,6})?$",
      expected: "a decimal number such as 10 or 12.50, not negative, at most six decimals",
    }),
  ),
  LOCALE: Type.Union(
    [Type.Literal("zh-CN"), Type.Literal("en")],
    variable({
      description: "Language of the documents where a request names none.",
      default: "zh-CN",
      expected: "zh-CN or en",
    }),
  ),
  SESSION_IDLE_TIMEOUT: Type.String(
    variable({
      description: "After how much silence a session counts as ended, for new tenants.",
      default: "24h",
      expected: "a duration from 1m to 366d, such as 24h, 90m or 3600s",
    }),
  ),
  RETENTION_MONTHS: Type.Optional(
    Type.Integer(
      variable({
        description:
          "How many whole business months of rows are kept before the current one; counters stay. What goes is announced a day before.",
        whenUnset: "everything is kept",
        minimum: 1,
        maximum: 1200,
        expected: "a whole number from 1 to 1200",
      }),
    ),
  ),
  AUTO_REBUILD: Type.Union(
    [Type.Literal("true"), Type.Literal("false")],
    variable({
      description:
        "`false`: tenants that are counted by older counting rules wait for `spanledger rebuild`, and their senders with them. Otherwise `spanledger migrate` and the receiver count them anew by themselves.",
      default: "true",
      expected: "true or false",
    }),
  ),
  SPANLEDGER_CONFIG: Type.Optional(
    Type.String(
      variable({
        description: "File with events and metrics of your own, as `examples/own-metrics/spanledger.config.ts` shows.",
        whenUnset: "`spanledger.config.mts`, `.ts`, `.mjs` or `.js` of the working folder, if there is one",
        expected: "the path of a TypeScript or JavaScript file",
      }),
    ),
  ),
  TRACE_URL_TEMPLATE: Type.Optional(
    Type.String(
      variable({
        description:
          "Address of a trace in your tracing UI, with `{trace_id}` where its id belongs; the session pages link there.",
        whenUnset: "trace ids are shown without a link",
        pattern: "^https?://.*\\{trace_id\\}",
        expected: "an http or https address with {trace_id} in it, such as https://tracing.example/trace/{trace_id}",
      }),
    ),
  ),
  SAMPLE_DATA: Type.Union(
    [Type.Literal("true"), Type.Literal("false")],
    variable({
      description:
        "`true` where the database holds generated data, as the demo's does: every page and file of the report says so.",
      default: "false",
      expected: "true or false",
    }),
  ),
  MAX_BODY_BYTES: Type.Integer(
    variable({
      description: "Largest request body as it is on the wire. Inflated, a body may have 64 MiB.",
      default: 64 * MiB,
      minimum: 64 * 1024,
      maximum: 1024 * MiB,
      expected: "bytes, from 65536 to 1073741824",
    }),
  ),
  MAX_QUEUE_BYTES: Type.Integer(
    variable({
      description:
        "What requests may occupy in memory while they wait for their commit; beyond it they are answered 503. If there may be several tenants, each may have as much as is left free (one alone: half of it); beyond that it is answered 429.",
      default: 256 * MiB,
      minimum: MiB,
      maximum: 64 * 1024 * MiB,
      expected: "bytes, from 1048576 to 68719476736",
    }),
  ),
  BATCH_MAX_EVENTS: Type.Integer(
    variable({
      description: "Events that one transaction takes from the queue at most (a single larger request is one batch).",
      default: 8000,
      minimum: 1,
      maximum: 100_000,
      expected: "a whole number from 1 to 100000",
    }),
  ),
  LOG_LEVEL: Type.Union(
    ["trace", "debug", "info", "warn", "error", "fatal", "silent"].map((level) => Type.Literal(level)),
    variable({
      description: "Least important log lines that are written.",
      default: "info",
      expected: "trace, debug, info, warn, error, fatal or silent",
    }),
  ),
});

export type ReceiverEnvironment = Type.Static<typeof environmentSchema>;
export type VariableName = keyof typeof environmentSchema.properties;

/** @returns what documents and error messages say of a variable */
export function variableNotes(variable: VariableName): VariableNotes {
  return environmentSchema.properties[variable] as unknown as VariableNotes;
}
