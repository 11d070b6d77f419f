import { changeSettings } from "../../collector-receiver/src/upkeep/change-settings.ts";
import { rebuildTenant } from "../../collector-receiver/src/recount/rebuild-tenant.ts";
import { weekdays } from "../../collector-receiver/src/metrics/working-hours.ts";
import type { WorkingHours } from "../../collector-receiver/src/metrics/working-hours.ts";
import { readSettings } from "../../collector-receiver/src/storage/settings/change-settings.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";

const tenantId = "default";

/** The sample team's: between midnight and eight in Shanghai nobody works. */
const teamHours: WorkingHours = {
  week: Object.fromEntries(weekdays.map((weekday) => [weekday, ["08:00-24:00"]])),
  holidays: [],
  days: {},
};

/** Gives the sample shop its working hours, as `spanledger settings --working-hours` would; not a second time. */
export async function setWorkingHours(databaseUrl: string): Promise<void> {
  const client = await openWriterConnection(databaseUrl);
  try {
    if ((await readSettings(client, tenantId)).workingHours !== null) return;
    await changeSettings(client, tenantId, { workingHours: teamHours });
  } finally {
    await client.end();
  }
  await rebuildTenant(databaseUrl, tenantId);
}
