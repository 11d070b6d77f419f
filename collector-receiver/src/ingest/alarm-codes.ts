/** What an alarm means and what to do about it. */
export interface AlarmDescription {
  readonly meaning: string;
  readonly action: string;
}

/**
 * Faults that somebody has to look at: `kind` of `spanledger_alarms_total`, and `alarm` in the log. No event is to blame, and
 * nothing is lost: senders are told to try again.
 */
export const alarmCodes = {
  partition_missing: {
    meaning: "PostgreSQL has no partition for the batch's month, or refuses to make one.",
    action:
      "Grant `spanledger_receiver` to the receiver's role, which may then call `spanledger_ensure_partition`; look for a transaction that locks `analytics_events`.",
  },
  counter_error: {
    meaning: "PostgreSQL refuses a statement of the batch; the log has its message.",
    action:
      "Usually somebody has changed the schema or the rights by hand. Compare the schema with `migrations/schema.sql`, and run `spanledger doctor`.",
  },
  database_login_refused: {
    meaning: "PostgreSQL answers but does not let the receiver in: wrong password, role, database or certificate.",
    action: "Check `DATABASE_URL` and `pg_hba.conf`; the log has PostgreSQL's message.",
  },
  counting_rules_unknown: {
    meaning:
      "A tenant is counted by other rules than this receiver's, so its events are answered 503 here. The other tenants go on.",
    action:
      "Run receivers of one version, the newest: `docs/upgrading.md`. `spanledger doctor` names the tenants. Nothing is lost: senders try again.",
  },
  receiver_too_old: {
    meaning: "The schema has gone further than this receiver can follow. It answers 503 to everything.",
    action: "Replace it with a newer version: `docs/upgrading.md`. Nothing is lost: senders try again.",
  },
  upkeep_failed: {
    meaning:
      "A round of upkeep failed although PostgreSQL is there: sessions do not end, days are not judged, retention stands still. Or the alerts of one tenant cannot be judged, and only these are not. The log has the error.",
    action:
      "Counted once until a round succeeds again. If PostgreSQL refuses a statement, compare schema and rights as for `counter_error`; else it is a bug: report it with the stack.",
  },
  clock_skew: {
    meaning:
      "PostgreSQL's clock and this machine's differ by more than a minute; the log says by how much, and `spanledger_clock_skew_seconds` does. The receiver goes by PostgreSQL's.",
    action:
      "Run NTP on both machines. Counted each half minute while it lasts. If PostgreSQL's clock is the wrong one, days begin and sessions end at wrong times until it is corrected.",
  },
  delivery_given_up: {
    meaning:
      "A message of an alert or a report was not taken by its target: it refused it, or three days of attempts have failed. The log has the reason.",
    action:
      "`spanledger deliveries` lists such messages with the last error. Mend the target or its secret, try it with `spanledger deliveries test`, and send again with `spanledger deliveries retry`.",
  },
  internal_fault: {
    meaning: "The receiver itself failed; the log has the stack.",
    action:
      "This is a bug: report it with the version and the stack. A batch that always fails holds up its sender's queue until the bug is fixed.",
  },
} as const satisfies Record<string, AlarmDescription>;

export type AlarmCode = keyof typeof alarmCodes;

/** Raises an alarm: counted by its code, and logged with the error. */
export type OnAlarm = (code: AlarmCode, message: string, error: unknown) => void;
