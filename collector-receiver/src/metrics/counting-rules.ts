/**
 * The rules by which this version counts: the same events give the same counters under the same number. Raise it if they
 * give others; `rebuild` then moves a tenant to the new rules. `docs/upgrading.md` says what changes with each number.
 */
export const countingRules = 2;
