import { Argument, Command, Option } from "commander";
import { packageCommit, packageVersion } from "../package-root.ts";
import { amount, day, describeWrongOptions, duration, exchangeRate, wholeNumber } from "./option-parsers.ts";
import { addMessageCommands } from "./message-commands.ts";
import { printError } from "./print.ts";

const program = new Command("spanledger")
  .description(
    "Counts business events exactly once: runs the receiver, and verifies, repairs and maintains its database.",
  )
  .version(packageCommit === null ? packageVersion : `${packageVersion} (${packageCommit})`)
  .configureOutput({ outputError: (text) => printError(describeWrongOptions(text)) })
  .addHelpText(
    "after",
    "\nThe database is DATABASE_URL, or the embedded PostgreSQL in DATA_FOLDER (.spanledger unless set).\nExit code 0: success. 1: the command failed, or found drift; the output says which.",
  );

program
  .command("init")
  .description("write a config with events and metrics of your own, and a compose file, into this folder")
  .action(() => finish(async () => (await import("./run-init.ts")).runInit()));

program
  .command("start")
  .description("start the receiver; its settings are environment variables")
  .action(async () => (await import("../run-receiver.ts")).runReceiver());

program
  .command("migrate")
  .description("apply missing migrations")
  .option("--status", "only list applied and missing migrations")
  .addOption(
    new Option(
      "--down-to <migration>",
      "undo all migrations after this one, such as 57; the data that they stored is lost",
    ).conflicts("status"),
  )
  .action((options) => finish(async () => (await import("./run-migrate.ts")).runMigrate(options)));

program
  .command("verify")
  .description("recompute every counter from the stored events and print the drift; exit 1 if there is any")
  .option("--tenant <tenant>", "one tenant; all unless given")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-verify.ts")).runVerify(options)));

program
  .command("rebuild")
  .description("fix all counters from the stored events, while ingest goes on")
  .option("--tenant <tenant>", "one tenant; all unless given")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-rebuild.ts")).runRebuild(options)));

program
  .command("replay")
  .description("retry rejected events after you have fixed their cause")
  .option("--tenant <tenant>", "one tenant; all unless given")
  .option("--code <code>", "only events that were rejected with this code")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-replay.ts")).runReplay(options)));

program
  .command("import")
  .description("count events of the past: from CSV, JSON lines, or a table of another PostgreSQL, which is only read")
  .argument("<source>", "history.csv, events.jsonl, or postgres://user@host/database")
  .option("--mapping <file>", "JSON: which columns are which event, time and attributes; the plan's table unless given")
  .option("--table <table>", "the table, if not the one that the mapping names")
  .option("--tenant <tenant>", "whose events", "default")
  .option("--zone <timezone>", "of times that name none, such as Asia/Shanghai")
  .option("--until <time>", "the cut-over: later events are left out; needed if the tenant has live events")
  .option("--dry-run", "only read: what would be imported, and the first problems by line")
  .option("--resume", "go on where an import that was interrupted stopped")
  .option("--json", "print one JSON document")
  .action((source, options) => finish(async () => (await import("./run-import.ts")).runImport(source, options)));

program
  .command("export")
  .description(
    "write events, sessions, tickets, agents' days and counters into a folder: one file a table and business day",
  )
  .argument("<folder>", "made if it is not there; files of the same days are replaced")
  .option("--tenant <tenant>", "whose", "default")
  .option("--from <day>", "first business day; that of the first event unless given", day)
  .option("--to <day>", "last business day, included; yesterday unless given", day)
  .addOption(new Option("--format <format>", "of the files").choices(["parquet", "csv", "jsonl"]).default("parquet"))
  .addOption(
    new Option("--tables <tables...>", "only these").choices([
      "events",
      "sessions",
      "tickets",
      "agent_days",
      "counters",
    ]),
  )
  .option("--since-export", "only days that are over and new, or that differ from the last export into this folder")
  .option(
    "--with-identities",
    "write who people are; else they are hashes, and undeclared texts and numbers are left out",
  )
  .option("--salt <file>", "of the hashes; DATA_FOLDER/export-salt unless given, which is made once")
  .option("--json", "print one JSON document")
  .action((folder, options) => finish(async () => (await import("./run-export.ts")).runExport(folder, options)));

program
  .command("erase")
  .description("anonymise a person: replace identifiers, remove texts, keep numbers")
  .addOption(new Option("--session <session_id>", "one session").conflicts("user"))
  .option("--user <user_id>", "all data of one customer")
  .option("--tenant <tenant>", "required if the database has several")
  .option("--dry-run", "only list what would be anonymised")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-erase.ts")).runErase(options)));

program
  .command("settings")
  .description(
    "show or change the settings that the numbers depend on (timezone, idle timeout and working hours start a rebuild)",
  )
  .option("--tenant <tenant>", "one tenant; all unless given")
  .option("--timezone <name>", "business timezone; refused once anything is sealed")
  .option("--currency <code>", "ISO 4217 code of the costs, such as EUR; needs --rate once there are savings")
  .option(
    "--rate <number>",
    "how many units of --currency one unit of the present currency is; converts costs and savings",
    exchangeRate,
  )
  .option(
    "--idle-timeout <duration>",
    "a conversation ends after this much silence: 24h, 90m",
    duration("1m", "366d", "24h"),
  )
  .option("--working-hours <file>", "JSON calendar for durations in working hours, or none")
  .option(
    "--agent-heartbeat <duration>",
    "an agent is logged out after this much silence: 4h, 45m",
    duration("30m", "366d", "4h"),
  )
  .option("--name <text>", "name of the tenant on its reports, or none")
  .option("--logo <file>", "picture beside the name: PNG, JPEG, GIF, WebP or SVG of at most 16 KiB, or none")
  .option("--cost <amount>", "cost of a conversation handled by a human, with --from", amount)
  .option(
    "--from <day>",
    "first business day of this cost, YYYY-MM-DD; a past day corrects the savings since then",
    day,
  )
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-settings.ts")).runSettings(options)));

program
  .command("retention")
  .description(
    "show the partitions that retention will drop (it announces them a day ahead), cancel that, or preview it",
  )
  .option("--tenant <tenant>", "one tenant; all unless given")
  .addOption(
    // Tenants share partitions.
    new Option(
      "--dry-run",
      "show the partitions that would be dropped, with their rows and bytes, by tenant; for all tenants only",
    ).conflicts(["tenant", "cancel", "resume"]),
  )
  .option("--months <count>", "with --dry-run: as if RETENTION_MONTHS were this", wholeNumber(1, 1200))
  .addOption(
    new Option(
      "--cancel",
      "end the announcements; the same RETENTION_MONTHS does not announce again until --resume",
    ).conflicts("resume"),
  )
  .option("--resume", "take a cancellation back; the announcement begins anew, with a whole day")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-retention.ts")).runRetention(options)));

program
  .command("doctor")
  .description("check everything that the receiver depends on and say what to do; exit 1 if a check failed")
  .option("--url <url>", "send a test event to this receiver or Collector and look for its row")
  .option("--json", "print one JSON document")
  .action((options) => finish(async () => (await import("./run-doctor.ts")).runDoctor(options)));

program
  .command("share")
  .description("publish a fixed copy of a report behind an unguessable link; list or revoke such links")
  .option("--month <month>", "the month, YYYY-MM")
  .option("--period <period>", "instead of a month: a day, ISO week, quarter or year, such as 2025-W52 or 2025-Q4")
  .option("--from <day>", "instead of a month: the first day, with --to")
  .option("--to <day>", "the last day, included")
  .option("--compare <mode>", "compare with: previous, year or none", "previous")
  .addOption(
    new Option("--expires <duration>", "how long the link works, 1m to 366d")
      .argParser(duration("1m", "366d", "30d"))
      .default(30 * 86_400, "30d"),
  )
  .option("--tenant <tenant>", "whose report", "default")
  .option("--min-group-size <count>", "hide figures based on fewer than this many", wholeNumber(2), 10)
  .option("--url <url>", "address at which readers reach the receiver; http://HOST:PORT unless given")
  .addOption(
    new Option("--list", "list the links with their ids").conflicts(["month", "period", "from", "to", "revoke"]),
  )
  .option("--revoke <id>", "revoke the link of this id")
  .action((options) => finish(async () => (await import("./run-share.ts")).runShare(options)));

program
  .command("note")
  .description("mark an event of your own, such as a new prompt, in the daily charts; list or remove notes")
  .argument("[text]", "what happened, at most 200 characters")
  .option("--at <time>", "a day, 2026-01-31, or an instant, 2026-01-31T09:00+08:00; now unless given")
  .option("--tenant <tenant>", "whose charts; default unless given")
  .addOption(new Option("--list", "list the notes with their ids").conflicts(["at", "remove"]))
  .option("--remove <id>", "remove the note of this id")
  .action((text, options) => finish(async () => (await import("./run-note.ts")).runNote(text, options)));

program
  .command("generate")
  .description(
    "write typed functions of all events, those of your config included, or a registry that generators of other languages read",
  )
  .addArgument(new Argument("<language>", "what to write").choices(["python", "go", "registry"]))
  .option("--config <file>", "your config; SPANLEDGER_CONFIG or spanledger.config.ts of this folder unless given")
  .option("--out <folder>", "made if it is not there; files of the same name are replaced", ".")
  .action((language, options) =>
    finish(async () => (await import("./run-generate.ts")).runGenerate(language, options)),
  );

addMessageCommands(program, finish);

const prices = program
  .command("prices")
  .description("set the price of a million tokens of a model, in the tenant's currency; a past day needs no rebuild");
/** Options that name a price. */
const pricing = (name: string, description: string) =>
  prices
    .command(name)
    .description(description)
    .requiredOption("--model <pattern>", "the model; * stands for any text, as in gpt-5*")
    .option("--provider <provider>", "only this provider's; any unless given")
    .option("--service-tier <tier>", "only this service tier's; any unless given")
    .option("--from <day>", "from this business day on; from the beginning unless given", day)
    .option("--tenant <tenant>", "whose price", "default");
prices
  .command("list")
  .description("list the prices that are stored")
  .option("--tenant <tenant>", "whose prices", "default")
  .option("--json", "print one JSON document, as `prices import` reads it")
  .action((options) => finish(async () => (await import("./run-prices.ts")).listPrices(options)));
pricing("set", "store a price, or replace the one of the same model, provider, service tier and day")
  .requiredOption("--input <amount>", "a million input tokens", amount)
  .option("--cached-input <amount>", "a million input tokens that are read from a cache", amount)
  .option("--cache-write <amount>", "a million input tokens that are written to a cache", amount)
  .option("--output <amount>", "a million output tokens", amount)
  .action((options) => finish(async () => (await import("./run-prices.ts")).setPrice(options)));
pricing("remove", "remove a price").action((options) =>
  finish(async () => (await import("./run-prices.ts")).removePrice(options)),
);
prices
  .command("import")
  .description("store the prices of a JSON file; all or none")
  .argument("<file>", '{"prices": [{"model": "gpt-5*", "input": 1.25, "output": 10}]}')
  .option("--rate <rate>", "multiply each price by this, to convert it once", amount)
  .option("--tenant <tenant>", "whose prices", "default")
  .action((file, options) => finish(async () => (await import("./run-prices.ts")).importPrices(file, options)));

await program.parseAsync();

/** Each command's code is loaded when it runs: the receiver needs none of them. */
async function finish(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { describeCommandFailure } = await import("./describe-command-failure.ts");
    printError(describeCommandFailure(error, process.env["DATABASE_URL"]));
    process.exitCode = 1;
  }
}
