/** Ends itself by SIGTERM, asked for in a way that Node takes; the exit code is not reached. */
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const kill = (pid: unknown, signal: unknown): true => process.kill(pid as number, signal as "SIGTERM");
const ways: Readonly<Record<string, () => true>> = {
  null: () => kill(process.pid, null),
  "empty text": () => kill(process.pid, ""),
  "text as pid": () => kill(String(process.pid), "SIGTERM"),
};
startBusinessEvents({ batchDelayMs: 60_000 });
recordBusinessEvent("shop.sold");
ways[process.argv[2]!]!();
process.exit(1);
