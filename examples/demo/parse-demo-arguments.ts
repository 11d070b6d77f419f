import { parseArgs } from "node:util";

export interface DemoOptions {
  /** One bounded round, then compare, verify and stop. */
  readonly once: boolean;
  /** One JSON document on stdout; progress goes to stderr. */
  readonly json: boolean;
  readonly dataFolder: string;
  /** The plan's ports, or whatever is free. */
  readonly ports: "default" | "auto";
  /** Straight to the receiver, even if there is a Collector. */
  readonly direct: boolean;
  readonly seed: string;
  /** How long live traffic lasts in a bounded round, in seconds. */
  readonly liveSeconds: number;
}

/** The demo cannot start as it was asked to; `code` names why. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const demoUsage = `npm run demo -- [options]
  --once              one bounded round: load, drive, compare, verify, stop; exit code 0 if all agrees
  --json              print the result as one JSON document on stdout (implies --once)
  --ports auto        use any free ports instead of 4319, 8000 and 8002
  --data-folder PATH  where the sample database lives (default .spanledger/demo)
  --direct            no Collector, even where there is one: products → receiver
  --seed TEXT         another history (default "spanledger")
  --live-seconds N    how long live traffic lasts with --once (default 20)
`;

/**
 * Reads the command line.
 * @throws DemoError `bad_arguments`
 */
export function parseDemoArguments(args: readonly string[]): DemoOptions | "help" {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        ports: { type: "string", default: "default" },
        "data-folder": { type: "string", default: ".spanledger/demo" },
        direct: { type: "boolean", default: false },
        seed: { type: "string", default: "spanledger" },
        "live-seconds": { type: "string", default: "20" },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
  } catch (error) {
    throw new DemoError("bad_arguments", `${(error as Error).message}\n${demoUsage}`);
  }
  if (values.help) return "help";
  const { ports } = values;
  if (ports !== "default" && ports !== "auto") {
    throw new DemoError("bad_arguments", `--ports is "${ports}"; it can only be "auto"\n${demoUsage}`);
  }
  const liveSeconds = Number(values["live-seconds"]);
  if (!(liveSeconds >= 1 && liveSeconds <= 3_600)) {
    throw new DemoError("bad_arguments", `--live-seconds is "${values["live-seconds"]}"; give 1 to 3600\n${demoUsage}`);
  }
  return {
    once: values.once || values.json,
    json: values.json,
    dataFolder: values["data-folder"],
    ports,
    direct: values.direct,
    seed: values.seed,
    liveSeconds,
  };
}

/**
 * The demo loads sample data, and never into a database that is not its own.
 * @throws DemoError `foreign_database`
 */
export function refuseForeignDatabase(environment: NodeJS.ProcessEnv): void {
  if (environment["DATABASE_URL"] === undefined || environment["DATABASE_URL"] === "") return;
  throw new DemoError(
    "foreign_database",
    "DATABASE_URL is set, and the demo would fill that database with sample data. It only uses its own; unset DATABASE_URL and start again.",
  );
}
