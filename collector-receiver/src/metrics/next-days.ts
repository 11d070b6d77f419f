import { addDays, businessCalendarOf } from "./business-calendar.ts";

/** When the next business day of each tenant begins. Asked for each request, so each timezone is worked out once a day. */
export class NextDays {
  readonly #defaultTimezone: string | undefined;
  #timezones: ReadonlyMap<string, string> = new Map();
  /** By timezone: from when until when what is known of it holds. */
  readonly #known = new Map<string, { readonly fromMs: number; readonly nextDayMs: number }>();

  /** @param defaultTimezone of tenants that nobody has told us of */
  constructor(defaultTimezone?: string) {
    this.#defaultTimezone = defaultTimezone;
  }

  /** Takes the timezones of all tenants. */
  learn(tenants: readonly { readonly tenantId: string; readonly timezone: string }[]): void {
    this.#timezones = new Map(tenants.map(({ tenantId, timezone }) => [tenantId, timezone]));
  }

  /** The first instant of the tenant's next business day, ms since 1970; null if its timezone is not known. */
  nextDayMs(tenantId: string, nowMs: number): number | null {
    const timezone = this.#timezones.get(tenantId) ?? this.#defaultTimezone;
    if (timezone === undefined) return null;
    const known = this.#known.get(timezone);
    if (known !== undefined && known.fromMs <= nowMs && nowMs < known.nextDayMs) return known.nextDayMs;
    const calendar = businessCalendarOf(timezone);
    const today = calendar.dayOf(nowMs);
    const nextDayMs = calendar.startOfDay(addDays(today, 1));
    this.#known.set(timezone, { fromMs: calendar.startOfDay(today), nextDayMs });
    return nextDayMs;
  }
}
