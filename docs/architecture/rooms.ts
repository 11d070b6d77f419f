/** One room of the receiver: a folder of `collector-receiver/src`. */
export interface Room {
  readonly name: string;
  /** What the room does, in a few words. */
  readonly does: string;
  /** Where a reader begins. */
  readonly startsAt: string;
  /** Rooms that its files may import. Nothing else is allowed, and the table has no cycle. */
  readonly mayImport: readonly string[];
  /** True if the room does no I/O: it may not import a database driver, an HTTP server or the file system. */
  readonly pure?: true;
}

/**
 * The rooms in the order in which data flows. The linter's configuration and ARCHITECTURE's table are generated
 * from this list. `main.ts`, `app.ts`, the files beside them and `cli/` compose: they may import every room.
 */
export const rooms: readonly Room[] = [
  {
    name: "config",
    does: "the environment: every variable checked, all problems reported at once",
    startsAt: "load-config.ts",
    mayImport: [],
  },
  {
    name: "bytes",
    does: "hex, UUIDs, protobuf writing, string caches, HTML entities",
    startsAt: "uuid.ts",
    mayImport: [],
    pure: true,
  },
  {
    name: "fairness",
    does: "shares and turns: one owner never keeps the others out",
    startsAt: "fair-shares.ts",
    mayImport: [],
    pure: true,
  },
  {
    name: "threads",
    does: "threads of our own: a question starts one, and it ends when nobody asks",
    startsAt: "asked-thread.ts",
    mayImport: [],
  },
  {
    name: "otlp",
    does: "1. OTLP bytes → carriers. Knows OTLP and nothing else",
    startsAt: "walk-protobuf.ts",
    mayImport: ["bytes"],
    pure: true,
  },
  {
    name: "receiving",
    does: "2. HTTP in front of the walkers: headers, limits, inflating, tokens, answers",
    startsAt: "otlp-receiver.ts",
    mayImport: ["bytes", "fairness", "otlp", "catalogue", "mapping", "ingest", "config"],
  },
  {
    name: "catalogue",
    does: "a product's own events and metrics: `spanledger.config.ts` loaded and checked",
    startsAt: "load-definitions.ts",
    mayImport: [],
  },
  {
    name: "languages",
    does: "catalogue and config → typed functions of other languages, and a registry for more",
    startsAt: "typed-events.ts",
    mayImport: ["catalogue"],
    pure: true,
  },
  {
    name: "mapping",
    does: "3. carriers → business events, or rejections",
    startsAt: "map-request.ts",
    mayImport: ["bytes", "otlp", "catalogue"],
    pure: true,
  },
  {
    name: "metrics",
    does: "4. events and facts → counter changes; the dictionary",
    startsAt: "counter-changes.ts",
    mayImport: ["catalogue", "mapping"],
    pure: true,
  },
  {
    name: "ingest",
    does: "5. group commit: many requests, one transaction; backpressure",
    startsAt: "group-commit.ts",
    mayImport: ["fairness", "mapping", "metrics", "storage"],
  },
  {
    name: "storage",
    does: "6. PostgreSQL: one statement per file",
    startsAt: "events/copy-events.ts",
    mayImport: ["config", "bytes", "catalogue", "mapping", "metrics"],
  },
  {
    name: "recount",
    does: "verify and rebuild: every counter again from the rows",
    startsAt: "verify-tenant.ts",
    mayImport: ["mapping", "metrics", "ingest", "storage"],
  },
  {
    name: "erase",
    does: "a person made anonymous in place",
    startsAt: "erase-person.ts",
    mayImport: ["bytes", "mapping", "metrics", "ingest", "storage", "recount"],
  },
  {
    name: "delivery",
    does: "messages to people: webhook, e-mail and chat, each in its own format",
    startsAt: "deliver-message.ts",
    mayImport: ["bytes", "catalogue", "metrics"],
  },
  {
    name: "history",
    does: "history in, data out: rows of files and tables → events through mapping and ingest; files of what is stored",
    startsAt: "import-rows.ts",
    mayImport: ["bytes", "catalogue", "mapping", "metrics", "ingest", "storage"],
  },
  {
    name: "upkeep",
    does: "what one receiver at a time does for all: sweep, retention, definitions, settled days, alerts, sending",
    startsAt: "watch-tenants.ts",
    mayImport: ["config", "catalogue", "metrics", "delivery", "ingest", "storage", "recount", "stats"],
  },
  {
    name: "live",
    does: "7. Redis: today's counters for screens that poll",
    startsAt: "create-live.ts",
    mayImport: ["metrics", "storage", "stats"],
  },
  {
    name: "stats",
    does: "8. reading: all SQL in `stats/sql/`, typed documents out",
    startsAt: "stats-plugin.ts",
    mayImport: ["fairness", "catalogue", "mapping", "metrics", "storage"],
  },
  {
    name: "web",
    does: "9. pages, exports, shared copies; reads through `stats/`",
    startsAt: "web-plugin.ts",
    mayImport: ["bytes", "fairness", "threads", "metrics", "stats"],
  },
  {
    name: "operating",
    does: "probes, metrics, tokens for reading, doctor",
    startsAt: "answer-probes.ts",
    mayImport: [
      "config",
      "receiving",
      "catalogue",
      "mapping",
      "metrics",
      "ingest",
      "storage",
      "upkeep",
      "live",
      "embedded",
    ],
  },
  {
    name: "embedded",
    does: "the embedded PostgreSQL: its files, its process, its user",
    startsAt: "embedded-postgres.ts",
    mayImport: [],
  },
];
