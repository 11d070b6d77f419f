import { environmentSchema } from "./environment-schema.ts";

export interface Misspelt {
  readonly given: string;
  /** A variable that the receiver reads and that is not set. */
  readonly meant: string;
}

/** Variables of the SDK, which a product and a receiver in one environment share. */
const otherNames = /^(?:SPANLEDGER_(?:OTLP|LOG|EXIT|DISABLED|SPOOL|SOURCE)|OTEL_)/;

/**
 * Finds variables that look like one that the receiver reads, such as `INGEST_TOKEN` for `INGEST_TOKENS`. A variable whose
 * right name is set as well means something else.
 */
export function findMisspelt(environment: Readonly<Record<string, string | undefined>>): Misspelt[] {
  const known = Object.keys(environmentSchema.properties);
  const unset = known.filter((name) => !environment[name]?.trim());
  return Object.keys(environment)
    .filter((given) => !known.includes(given) && !otherNames.test(given) && environment[given]?.trim())
    .flatMap((given) => {
      const meant = unset.find((name) => isAlike(given, name));
      return meant === undefined ? [] : [{ given, meant }];
    });
}

/** Short names are alike by chance: `HOME` is not `HOST`. */
const minLength = 7;

function isAlike(given: string, known: string): boolean {
  const [a, b] = [given, known].map((name) => name.toUpperCase().replaceAll("-", "_"));
  if (a === undefined || b === undefined || a === b || Math.min(a.length, b.length) < minLength) return a === b;
  const words = (name: string): string =>
    name
      .split("_")
      .map((word) => word.replace(/S$/, ""))
      .toSorted()
      .join();
  return words(a) === words(b) || `SPANLEDGER_${b}` === a || distanceOf(a, b) <= 2;
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
