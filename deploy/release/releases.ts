/** One release in `docs/releases.json`. */
export interface Release {
  /** ISO. */
  readonly date: string;
  /** Full id of the commit that the tag names. It stands in the commit after it, as no commit can hold its own id. */
  readonly commit: string;
  /** Number of the newest migration. */
  readonly schema: number;
  /** The rules by which it counts. */
  readonly countingRules: number;
}

export type Releases = Readonly<Record<string, Release>>;

export const releasesFile = "docs/releases.json";

/** Adds a release after the others. */
export function noteRelease(text: string, version: string, release: Release): string {
  return `${JSON.stringify({ ...(JSON.parse(text) as Releases), [version]: release }, null, 2)}\n`;
}
