import { businessCalendarOf } from "../metrics/business-calendar.ts";
import type { WorkingHours } from "../metrics/working-hours.ts";
import {
  hasSavings,
  readSettings,
  storeAgentHeartbeat,
  storeCurrency,
  storeDisplayName,
  storeIdleTimeout,
  storeLogo,
  storeTimezone,
  storeWorkingHours,
} from "../storage/settings/change-settings.ts";
import { changeCost, convertMoney, findOwnMoney } from "../storage/settings/move-savings.ts";
import { keepTimezone } from "./keep-timezones.ts";
import { forgetKeptDays } from "../storage/facts/forget-kept-days.ts";
import type { StoredSettings } from "../storage/settings/change-settings.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

export interface SettingsChange {
  /** An IANA name. */
  readonly timezone?: string;
  /** ISO 4217. */
  readonly currency?: string;
  /** Units of that currency for one of the tenant's, as decimal text: what is stored is converted. */
  readonly rate?: string;
  readonly idleTimeoutSeconds?: number;
  /** At least half an hour. */
  readonly agentHeartbeatSeconds?: number;
  /** Null: none from now on. */
  readonly workingHours?: WorkingHours | null;
  /** Null: none from now on. */
  readonly displayName?: string | null;
  /** A `data:` address; null: none from now on. */
  readonly logo?: string | null;
  /** A decimal number as text, valid from a business day on. */
  readonly cost?: { readonly value: string; readonly from: string };
}

export class SettingsChangeError extends Error {
  override readonly name = "SettingsChangeError";
  readonly code: "sealed" | "unknown_timezone" | "unknown_currency" | "currency_in_use" | "wrong_rate";
  constructor(code: SettingsChangeError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Changes settings of a tenant, in one transaction that holds the tenant's batches back, with an audit row.
 * @returns whether the counters have to be rebuilt now: they were counted by the settings before
 * @throws SettingsChangeError if the change would rewrite what must not change
 * @throws CountingRulesError if the tenant is counted by other rules than this version's
 */
export function changeSettings(
  client: WriterConnection,
  tenantId: string,
  change: SettingsChange,
): Promise<{ readonly needsRebuild: boolean }> {
  return inTransaction(client, { lock: { alone: tenantId } }, async () => {
    await refuseUnknownRules(client, [tenantId]);
    const before = await readSettings(client, tenantId);
    checkChange(before, change);
    const newCurrency = change.currency !== undefined && change.currency !== before.currency;
    if (newCurrency) {
      await refuseCurrencyInUse(client, before, change.currency, change.rate);
      if (change.rate !== undefined) await convertMoney(client, tenantId, change.rate);
      await storeCurrency(client, tenantId, change.currency);
    }
    const newTimezone = change.timezone !== undefined && change.timezone !== before.timezone;
    const newTimeout =
      change.idleTimeoutSeconds !== undefined && change.idleTimeoutSeconds !== before.idleTimeoutSeconds;
    if (newTimezone) {
      await storeTimezone(client, tenantId, change.timezone);
      await keepTimezone(client, change.timezone);
    }
    if (newTimeout) await storeIdleTimeout(client, tenantId, change.idleTimeoutSeconds);
    const newHeartbeat = change.agentHeartbeatSeconds !== undefined;
    // Days begin elsewhere, sessions end at other times, or agents are there for longer.
    if (newTimezone || newTimeout || newHeartbeat) await forgetKeptDays(client, tenantId);
    const newHours = change.workingHours !== undefined;
    if (newHours) await storeWorkingHours(client, tenantId, change.workingHours);
    if (change.agentHeartbeatSeconds !== undefined) {
      await storeAgentHeartbeat(client, tenantId, change.agentHeartbeatSeconds);
    }
    if (change.displayName !== undefined) await storeDisplayName(client, tenantId, change.displayName);
    if (change.logo !== undefined) await storeLogo(client, tenantId, change.logo);
    if (change.cost !== undefined) await changeCost(client, tenantId, change.cost.from, change.cost.value);
    const details = {
      // That there is another logo is enough: its bytes would only fill the audit.
      change: { ...change, ...(change.logo == null ? {} : { logo: `${change.logo.length} characters` }) },
      before: {
        timezone: before.timezone,
        ...(newCurrency ? { currency: before.currency } : {}),
        idle_timeout_seconds: before.idleTimeoutSeconds,
        costs: before.costs,
        ...(change.displayName === undefined ? {} : { display_name: before.displayName }),
        ...(newHours ? { working_hours: before.workingHours } : {}),
        ...(change.agentHeartbeatSeconds === undefined
          ? {}
          : { agent_heartbeat_seconds: before.agentHeartbeatSeconds }),
      },
    };
    await writeAudit(client, { tenantId, action: "settings", details });
    return { needsRebuild: newTimezone || newTimeout || newHours };
  });
}

function checkChange(before: StoredSettings, change: SettingsChange): void {
  if (change.timezone !== undefined) {
    try {
      businessCalendarOf(change.timezone);
    } catch {
      throw new SettingsChangeError(
        "unknown_timezone",
        `"${change.timezone}" is not a known timezone. Use an IANA name such as Asia/Shanghai.`,
      );
    }
    if (before.retainedFromMs !== null && change.timezone !== before.timezone) {
      throw new SettingsChangeError(
        "sealed",
        `Periods before ${new Date(before.retainedFromMs).toISOString()} are sealed, and their days cannot be cut ` +
          `anew in ${change.timezone}: the timezone of tenant "${before.tenantId}" stays ${before.timezone}.`,
      );
    }
  }
  if (change.rate !== undefined && (change.currency === undefined || change.currency === before.currency)) {
    throw new SettingsChangeError(
      "wrong_rate",
      `A rate converts from one currency to another: the currency of tenant "${before.tenantId}" is ${before.currency} already.`,
    );
  }
  if (change.currency !== undefined && !Intl.supportedValuesOf("currency").includes(change.currency)) {
    throw new SettingsChangeError(
      "unknown_currency",
      `"${change.currency}" is not a known currency code. Use one of ISO 4217, such as CNY, EUR or USD.`,
    );
  }
}

/** Without a rate a new currency renames the costs, and may do so only while no sum was made of them. */
async function refuseCurrencyInUse(
  client: WriterConnection,
  { tenantId, currency: stored }: StoredSettings,
  currency: string,
  rate: string | undefined,
): Promise<void> {
  const own = rate === undefined ? [] : await findOwnMoney(client, tenantId);
  if (own.length > 0) {
    throw new SettingsChangeError(
      "currency_in_use",
      `Tenant "${tenantId}" has metrics of its own that add up amounts which its events name in ${stored} ` +
        `(${own.join(", ")}), and these cannot be converted: the currency stays ${stored}. Use another tenant for ${currency}.`,
    );
  }
  if (rate !== undefined || !(await hasSavings(client, tenantId))) return;
  throw new SettingsChangeError(
    "currency_in_use",
    `Tenant "${tenantId}" has savings or prices stored in ${stored}, and their amounts would be shown as ${currency} without ` +
      `being converted: the currency stays ${stored}. To convert them, say how many ${currency} one ${stored} is: --rate 0.14.`,
  );
}
