import { DemoError, demoUsage, parseDemoArguments, refuseForeignDatabase } from "./parse-demo-arguments.ts";
import { runRound } from "./run-round.ts";
import { runUntilStopped } from "./run-until-stopped.ts";
import { showProgress } from "./show-progress.ts";
import { startDemoServices, type Undo } from "./start-demo-services.ts";
import { formatRound } from "./write-results.ts";

/** `npm run demo`: the whole story on one machine, on sample data. Gives the exit code. */
async function runDemo(): Promise<number> {
  const options = parseDemoArguments(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(demoUsage);
    return 0;
  }
  refuseForeignDatabase(process.env);

  const progress = showProgress(options.json ? process.stderr : process.stdout);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The second time means now: the processes stop by themselves when we are gone.
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort(new DemoError("interrupted", `stopped by ${signal}`));
    });
  }

  const undo: Undo[] = [];
  try {
    const services = await startDemoServices(options, progress, stopping.signal, undo);
    if (!options.once) {
      await runUntilStopped(services, options, progress, stopping.signal);
      return 0;
    }
    const result = await runRound(services, options, progress, stopping.signal);
    if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else progress.say(formatRound(result));
    return result.agrees ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return options.once ? 130 : 0;
  } finally {
    if (undo.length > 0) progress.update("Stopping …");
    for (const stop of undo.toReversed()) {
      await stop().catch((error: unknown) => progress.say(`Could not stop everything: ${String(error)}`));
    }
    if (undo.length > 0) progress.say("All stopped.");
  }
}

try {
  process.exitCode = await runDemo();
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
