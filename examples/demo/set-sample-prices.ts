import { fileURLToPath } from "node:url";
import { convertPrices, readPriceFile } from "../../collector-receiver/src/cli/read-price-file.ts";
import { storeModelPrices } from "../../collector-receiver/src/storage/settings/model-prices.ts";
import { inTransaction } from "../../collector-receiver/src/storage/wire/in-transaction.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";

const file = fileURLToPath(new URL("../model-prices.json", import.meta.url));
/** Yuan for a dollar. */
const rate = "7.12";

/** Stores the example's prices of models, as `spanledger prices import` would; a second time changes nothing. */
export async function setSamplePrices(databaseUrl: string): Promise<void> {
  const prices = convertPrices(await readPriceFile(file), rate);
  const client = await openWriterConnection(databaseUrl);
  try {
    await inTransaction(client, { lock: { shared: "default" } }, () => storeModelPrices(client, "default", prices));
  } finally {
    await client.end();
  }
}
