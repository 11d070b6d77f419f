import pg from "pg";
import { listDeliveries } from "../stats/sql/list-deliveries.ts";
import type { DeliveryState, ListedDelivery } from "../stats/sql/list-deliveries.ts";
import { retryDeliveries } from "../storage/deliveries/retry-deliveries.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { print } from "./print.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface ListOptions {
  readonly tenant?: string;
  readonly state?: DeliveryState;
  readonly limit: number;
  readonly json?: boolean;
}

/** `spanledger deliveries`: the messages of alerts and reports, and what became of them. */
export function runDeliveries({ tenant, state, limit, json }: ListOptions): Promise<number> {
  return withDatabase(async (connectionString) => {
    if (tenant !== undefined) await listTenants(connectionString, tenant);
    const pool = new pg.Pool({ connectionString, max: 1 });
    try {
      const deliveries = await listDeliveries(pool, { tenantId: tenant, state, limit });
      if (json === true) print(`${JSON.stringify({ deliveries }, null, 2)}\n`);
      else if (deliveries.length === 0) print("No messages are stored.\n");
      else print(deliveries.map(describeDelivery).join(""));
      return 0;
    } finally {
      await pool.end();
    }
  });
}

/** `spanledger deliveries retry`: sends what was given up again. */
export function retryGivenUp(id: string | undefined, { tenant }: { readonly tenant: string }): Promise<number> {
  return withDatabase(async (connectionString) => {
    await listTenants(connectionString, tenant);
    const client = await openWriterConnection(connectionString);
    try {
      const ids = await inTransaction(client, {}, async () => {
        const retried = await retryDeliveries(client, tenant, id);
        const details = { what: "retry", deliveries: retried };
        if (retried.length > 0) await writeAudit(client, { tenantId: tenant, action: "deliveries", details });
        return retried;
      });
      print(
        ids.length > 0
          ? ids.map((each) => `${each} is sent again within half a minute.\n`).join("")
          : "No such message was given up; `spanledger deliveries --state given_up` lists those that were.\n",
      );
      return ids.length > 0 ? 0 : 1;
    } finally {
      await client.end();
    }
  });
}

function describeDelivery(delivery: ListedDelivery): string {
  const { id, tenantId, kind, rule, period, target, state, attempts, createdAt, lastError } = delivery;
  const tries = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  const when = delivery.sentAt ?? delivery.givenUpAt ?? `next ${delivery.nextAttemptAt ?? ""}`;
  const error = lastError === null ? "" : `    ${lastError}\n`;
  return `${id}  ${createdAt}  ${tenantId}  ${kind} ${rule} ${period}  to ${target}  ${state} (${tries}, ${when})\n${error}`;
}
