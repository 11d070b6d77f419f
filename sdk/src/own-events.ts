/**
 * Events of your own, checked as those of the catalogue are. It is empty until a product adds its events, in a file
 * with an import or export:
 *
 * ```ts
 * declare module "@spanledger/sdk" {
 *   interface OwnEvents {
 *     "coupon.redeemed": { code: string; amount?: number };
 *     "session.start": { campaign?: string }; // one attribute more on an event of the catalogue
 *   }
 * }
 * ```
 *
 * Those of a `spanledger.config.ts`: `interface OwnEvents extends EventsOf<typeof config> {}`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface OwnEvents {}

/**
 * Words of your own for the lists of the catalogue, for example `interface OwnWords { channel: "kiosk" | "fax" }`.
 * Declared as `OwnEvents` is.
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface OwnWords {}
