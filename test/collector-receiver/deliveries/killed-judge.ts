import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { judgeAlerts } from "../../../collector-receiver/src/upkeep/judge-alerts.ts";
import { judging } from "./judged.ts";

/** A process that judges a tenant's alerts and is killed before it sends anything. Arguments: the database, the time. */
const [connectionString = "", at = ""] = process.argv.slice(2);
const client = await openWriterConnection(connectionString);
await judgeAlerts(client, "default", Date.parse(at), judging);
process.kill(process.pid, "SIGKILL");
