import { Option } from "commander";
import type { Command } from "commander";
import { day, decimal, wholeNumber } from "./option-parsers.ts";

/** Runs a command and sets the exit code. */
type Finish = (run: () => Promise<number>) => Promise<void>;

/** The commands of goals, alerts and messages. */
export function addMessageCommands(program: Command, finish: Finish): void {
  addDeliveries(program, finish);
  addAlerts(program, finish);
  addGoals(program, finish);
}

function addDeliveries(program: Command, finish: Finish): void {
  const deliveries = program
    .command("deliveries")
    .description("list the messages of alerts and reports, the latest first, and what became of them")
    .option("--tenant <tenant>", "whose messages; all unless given")
    .addOption(new Option("--state <state>", "only these").choices(["waiting", "sent", "given_up"] as const))
    .option("--limit <count>", "how many at most", wholeNumber(1, 10_000), 50)
    .option("--json", "print one JSON document")
    .option("--dry-run", "show what the alerts would tell now and over the last 30 days; nothing is sent")
    .action(({ dryRun, ...options }) =>
      finish(async () => {
        if (dryRun !== true) return (await import("./run-deliveries.ts")).runDeliveries(options);
        return (await import("./run-alert.ts")).listAlerts({ tenant: options.tenant ?? "default", dryRun });
      }),
    );
  deliveries
    .command("retry")
    .description("send again what was given up, after the target is mended")
    .argument("[id]", "only the message of this id; all of the tenant unless given")
    .option("--tenant <tenant>", "whose messages", "default")
    .action((id, options) => finish(async () => (await import("./run-deliveries.ts")).retryGivenUp(id, options)));

  deliveries
    .command("test")
    .description("send a test message to the targets of the config, with this shell's variables; exit 1 if one fails")
    .option("--target <name>", "only to this one")
    .action((options) => finish(async () => (await import("./run-deliveries-test.ts")).runDeliveriesTest(options)));
}

function addAlerts(program: Command, finish: Finish): void {
  const alerts = program
    .command("alert")
    .description("say what people are told about unasked, beside the alerts of spanledger.config: docs/alerts.md");
  alerts
    .command("set")
    .description("store an alert of a tenant, or replace the one of the same name")
    .argument("<name>", "lower-case letters, digits, hyphens and underscores")
    .addOption(
      new Option("--kind <kind>", "what it is about")
        .choices(["goal", "change", "silence", "quality", "budget"] as const)
        .makeOptionMandatory(),
    )
    .option("--to <targets...>", "names of targets; all of the tenant's unless given")
    .option("--metric <key>", "goal, change: the metric's key")
    .option(
      "--days <days>",
      "goal: over the last closed day (1) or seven of them (7); 1 unless given",
      wholeNumber(1, 7),
    )
    .option("--min-conversations <count>", "goal, change: fewer are not judged; 30 unless given", wholeNumber(0))
    .option("--direction <direction>", "change: drop, rise or either; drop unless given")
    .option("--by <amount>", "change: percent, or points of a share", decimal)
    .option("--minutes <minutes>", "silence: minutes of working time; 60 unless given", wholeNumber(1))
    .option("--percent <share>", "quality: rejected and invalid events in percent of all", decimal)
    .option("--min-events <count>", "quality: a day with fewer is not judged; 100 unless given", wholeNumber(0))
    .option("--amount <amount>", "budget: of a calendar month, in the tenant's currency", decimal)
    .option("--tenant <tenant>", "whose alert", "default")
    .option("--dry-run", "store nothing: show what it would tell now and over the last 30 days")
    .action((name, options) => finish(async () => (await import("./run-alert.ts")).setAlert(name, { ...options })));
  alerts
    .command("list")
    .description("list the alerts of a tenant and whether they fire")
    .option("--tenant <tenant>", "whose alerts", "default")
    .option("--json", "print one JSON document")
    .option("--dry-run", "show what they would tell now and over the last 30 days; nothing is sent")
    .action((options) => finish(async () => (await import("./run-alert.ts")).listAlerts({ ...options })));
  alerts
    .command("remove")
    .description("remove an alert that a command has stored")
    .argument("<name>", "its name")
    .option("--tenant <tenant>", "whose alert", "default")
    .action((name, options) => finish(async () => (await import("./run-alert.ts")).removeAlert(name, options)));
}

function addGoals(program: Command, finish: Finish): void {
  const goals = program
    .command("goal")
    .description("say what a metric shall reach from a day on: reports, charts and the API show whether it does");
  goals
    .command("set")
    .description("store a goal, or replace the one of the same metric and day; it holds until the metric's next goal")
    .argument("<goal>", 'metric, >= or <=, and a number: "ai_resolution_rate >= 85", "avg_first_response_ms <= 45s"')
    .option("--from <day>", "first business day on which it holds; today unless given", day)
    .addOption(
      new Option("--per <period>", "of a number that adds up: the period whose sum it is; month unless given").choices([
        "day",
        "week",
        "month",
      ] as const),
    )
    .option("--tenant <tenant>", "whose goal", "default")
    .action((goal, options) => finish(async () => (await import("./run-goal.ts")).setGoal(goal, options)));
  goals
    .command("list")
    .description("list the goals that are stored")
    .option("--tenant <tenant>", "whose goals", "default")
    .option("--json", "print one JSON document")
    .action((options) => finish(async () => (await import("./run-goal.ts")).listGoals(options)));
  goals
    .command("remove")
    .description("remove the goals of a metric")
    .argument("<metric>", "the metric's key")
    .option("--from <day>", "only the goal from this day on", day)
    .option("--tenant <tenant>", "whose goals", "default")
    .action((metric, options) => finish(async () => (await import("./run-goal.ts")).removeGoal(metric, options)));
}
