import pg from "pg";
import type { ModelPrice } from "../metrics/model-prices.ts";
import { readModelPrices } from "../stats/sql/read-model-prices.ts";
import { deleteModelPrice, storeModelPrices } from "../storage/settings/model-prices.ts";
import { readSettings } from "../storage/settings/change-settings.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { checkPrice, convertPrices, readPriceFile } from "./read-price-file.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface TenantOption {
  readonly tenant: string;
}

export interface PriceOptions extends TenantOption {
  readonly model: string;
  readonly provider?: string;
  readonly serviceTier?: string;
  readonly from?: string;
  readonly input?: string;
  readonly cachedInput?: string;
  readonly cacheWrite?: string;
  readonly output?: string;
}

/** `spanledger prices list` */
export function listPrices({ tenant, json }: TenantOption & { readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    await listTenants(connectionString, tenant);
    const pool = new pg.Pool({ connectionString, max: 1 });
    try {
      const prices = await readModelPrices(pool, tenant);
      if (json === true) print(`${JSON.stringify({ prices: prices.map(fileForm) }, null, 2)}\n`);
      else if (prices.length === 0) print("No prices are stored: `spanledger prices set` or `import` stores some.\n");
      else print(prices.map((price) => `${describePrice(price)}\n`).join(""));
      return 0;
    } finally {
      await pool.end();
    }
  });
}

/** `spanledger prices set` */
export function setPrice(options: PriceOptions): Promise<number> {
  return change(options.tenant, "set", async (client) => store(client, options.tenant, [priceOf(options)]));
}

/** `spanledger prices import` */
export function importPrices(file: string, options: TenantOption & { readonly rate?: string }): Promise<number> {
  return change(options.tenant, "import", async (client) => {
    if (options.rate !== undefined && Number(options.rate) === 0) {
      throw new CommandError(
        "invalid_arguments",
        "--rate 0 makes every price 0: write what one unit of the file's currency is worth.",
      );
    }
    const read = await readPriceFile(file);
    return store(client, options.tenant, options.rate === undefined ? read : convertPrices(read, options.rate));
  });
}

/** `spanledger prices remove` */
export function removePrice(options: PriceOptions): Promise<number> {
  return change(options.tenant, "remove", async (client) => {
    const price = priceOf({ ...options, input: "0" });
    return (await deleteModelPrice(client, options.tenant, price)) ? [price] : [];
  });
}

async function store(client: WriterConnection, tenantId: string, prices: readonly ModelPrice[]): Promise<ModelPrice[]> {
  // Of two with one key the last counts, as in two commands.
  const byKey = new Map(prices.map((price) => [keyOf(price), price]));
  await storeModelPrices(client, tenantId, [...byKey.values()]);
  return [...byKey.values()];
}

/** Changes prices and notes it in the audit, in one transaction. Nothing is counted anew: spend is derived on reading. */
function change(
  tenantId: string,
  what: "set" | "import" | "remove",
  work: (client: WriterConnection) => Promise<ModelPrice[]>,
): Promise<number> {
  return withDatabase(async (connectionString) => {
    await listTenants(connectionString, tenantId);
    const client = await openWriterConnection(connectionString);
    try {
      const changed = await inTransaction(client, { lock: { shared: tenantId } }, async () => {
        const prices = await work(client);
        const details = { what, prices: prices.map(fileForm) };
        if (prices.length > 0) await writeAudit(client, { tenantId, action: "prices", details });
        return prices;
      });
      const { currency } = await readSettings(client, tenantId);
      if (changed.length === 0) {
        print("There is no such price; `spanledger prices list` shows all.\n");
        return 1;
      }
      const done = what === "remove" ? "Removed" : `Stored, in ${currency} for a million tokens`;
      print(`${done}:\n${changed.map((price) => `${describePrice(price)}\n`).join("")}`);
      return 0;
    } finally {
      await client.end();
    }
  });
}

function priceOf(options: PriceOptions): ModelPrice {
  const given = {
    provider: options.provider,
    model: options.model,
    service_tier: options.serviceTier,
    valid_from: options.from,
    input: options.input,
    cached_input: options.cachedInput,
    cache_write: options.cacheWrite,
    output: options.output,
  };
  return checkPrice(given, "The price");
}

const keyOf = ({ provider, model, serviceTier, validFrom }: ModelPrice): string =>
  JSON.stringify([provider, model, serviceTier, validFrom]);

/** As `prices import` reads it. */
function fileForm(price: ModelPrice): Record<string, string> {
  const given = {
    provider: price.provider,
    model: price.model,
    service_tier: price.serviceTier,
    valid_from: price.validFrom,
    input: price.input,
    cached_input: price.cachedInput,
    cache_write: price.cacheWrite,
    output: price.output,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null || value === "" ? [] : [[name, value]])),
  );
}

function describePrice(price: ModelPrice): string {
  return Object.entries(fileForm(price))
    .map(([name, value]) => `${name} ${value}`)
    .join("  ");
}
