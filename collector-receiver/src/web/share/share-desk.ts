import type { PeriodQuery } from "../../stats/report-period.ts";
import type { ListedShare } from "../../stats/sql/list-shares.ts";
import type { FreezeOptions, FrozenReport } from "./frozen-report.ts";

/** What sharing from the page needs of whoever mounts the pages: it writes. */
export interface ShareDesk {
  /** See `freezeReport`; it may be done in a thread of its own. */
  readonly freeze: (tenantId: string, query: PeriodQuery, options: FreezeOptions) => Promise<FrozenReport>;
  readonly store: (
    tokenHash: Buffer,
    share: FrozenReport & { readonly tenantId: string; readonly month: string; readonly expiresAt: Date },
  ) => Promise<void>;
  /** The tenant's links, as they are right after a write. */
  readonly list: (tenantId: string) => Promise<ListedShare[]>;
  readonly revoke: (tenantId: string, id: string) => Promise<unknown>;
}

/** How long links work, in days, and what a form offers first. */
export const shareDays = [1, 7, 30, 90, 365] as const;
export const usualShareDays = 30;
/** What rests on fewer is withheld. */
export const usualLeastGroup = 10;
const minLeastGroup = 2;
const maxLeastGroup = 1_000_000;
const dayMs = 86_400_000;

/** What a form asks for; a field that is missing or wrong gets what is usual. */
export function shareTermsOf(
  field: (name: string) => string | null | undefined,
  nowMs: number,
): { readonly days: number; readonly least: number; readonly expiresAt: Date } {
  const days = shareDays.find((one) => String(one) === field("days")) ?? usualShareDays;
  const asked = Number(field("least") ?? Number.NaN);
  const isUsable = Number.isInteger(asked) && asked >= minLeastGroup && asked <= maxLeastGroup;
  return { days, least: isUsable ? asked : usualLeastGroup, expiresAt: new Date(nowMs + days * dayMs) };
}
