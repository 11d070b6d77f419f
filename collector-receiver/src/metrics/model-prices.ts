/** What a million tokens of each kind cost from a business day on, in the tenant's currency, as decimal text. */
export interface ModelPrice {
  /** Empty: any. */
  readonly provider: string;
  /** The model's name; `*` stands for any text. */
  readonly model: string;
  /** Empty: any. */
  readonly serviceTier: string;
  /** `YYYY-MM-DD` */
  readonly validFrom: string;
  readonly input: string;
  /** Null: not known, as those that follow. */
  readonly cachedInput: string | null;
  readonly cacheWrite: string | null;
  readonly output: string | null;
}
