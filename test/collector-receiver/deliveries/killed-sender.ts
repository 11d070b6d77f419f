import { DeliverySender } from "../../../collector-receiver/src/upkeep/send-deliveries.ts";
import { deliverOnce, startMs, webhook } from "./outbox.ts";

/** A process that sends the outbox once, until it is killed. Arguments: the database, and the address of the target. */
const [connectionString = "", url = ""] = process.argv.slice(2);
const sender = new DeliverySender({
  connectionString,
  log: { warn: () => {}, info: () => {} },
  onAlarm: () => {},
  now: () => startMs,
  targets: [webhook(url)],
  deliver: deliverOnce,
});
await sender.send();
