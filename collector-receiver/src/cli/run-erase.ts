import { erasePerson } from "../erase/erase-person.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

export interface EraseOptions {
  readonly session?: string;
  readonly user?: string;
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `spanledger erase`: anonymises a person in place; exit code 1 if nothing was found. */
export function runErase(options: EraseOptions): Promise<number> {
  const { session, user } = options;
  const person = session !== undefined ? { sessionId: session } : user !== undefined ? { userId: user } : undefined;
  if (person === undefined) {
    throw new CommandError("invalid_arguments", "Name either --session <session_id> or --user <user_id>.");
  }
  return withDatabase(async (connectionString) => {
    const tenants = await listTenants(connectionString, options.tenant);
    const [tenantId] = tenants;
    if (tenantId === undefined || tenants.length > 1) {
      const known = tenants.length === 0 ? "none yet" : tenants.join(", ");
      throw new CommandError("tenant_needed", `Name the tenant with --tenant; known are: ${known}.`);
    }
    const client = await openWriterConnection(connectionString);
    try {
      const erasure = await erasePerson(client, tenantId, person, { dryRun: options.dryRun === true });
      const { events, sessions, rejectedEvents, waitingEvents, texts } = erasure;
      const { mentions, words, shares, left } = texts;
      const found = events + sessions + rejectedEvents + waitingEvents + mentions + words + shares > 0;
      if (options.json === true) {
        print(`${JSON.stringify({ ...erasure, dry_run: options.dryRun === true })}\n`);
      } else if (found) {
        const verb = options.dryRun === true ? "would be anonymised" : "anonymised";
        print(`${tenantId}: ${events} events, ${sessions} sessions and ${rejectedEvents} rejected events ${verb}\n`);
        if (waitingEvents > 0) {
          const taken = options.dryRun === true ? "would be deleted" : "deleted";
          print(`${tenantId}: ${waitingEvents} events whose time has not come ${taken}\n`);
        }
        if (mentions + words + shares > 0) {
          const taken = options.dryRun === true ? "would be taken out of" : "was taken out of";
          const copies = options.dryRun === true ? "would be revoked and emptied" : "were revoked and emptied";
          print(`${tenantId}: the id ${taken} ${mentions} other events and ${words} counted words and names\n`);
          if (shares > 0) print(`${tenantId}: ${shares} shared copies that name it ${copies}\n`);
        }
        for (const reason of left) print(`${tenantId}: left as it is: ${reason}\n`);
        print("Redis holds sums alone. Backups still have the old values.\n");
      } else {
        print(`${tenantId}: nothing is stored under this id\n`);
      }
      return found ? 0 : 1;
    } finally {
      await client.end();
    }
  });
}
