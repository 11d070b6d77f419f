import { ReleaseError } from "./release-error.ts";

/**
 * Gives the entries under "Unreleased" to a version, as https://keepachangelog.com/en/1.1.0 has it, and opens an empty section.
 * @param date ISO, of the release
 */
export function closeChangelog(text: string, version: string, date: string): string {
  const { before, heading, section, after } = splitAt(text, /^## \[?Unreleased\]?$/m, /^## /m, "CHANGELOG.md");
  if (!/^- /m.test(section))
    throw new ReleaseError("CHANGELOG.md has no entry under Unreleased: there is nothing to release.");
  if (new RegExp(`^## \\[?${version.replaceAll(".", "\\.")}\\b`, "m").test(after)) {
    throw new ReleaseError(`CHANGELOG.md has a section ${version} already.`);
  }
  return `${before}${heading}\n\n## [${version}] - ${date}${section}${after}`;
}

/** Gives the steps under "Unreleased" in docs/upgrading.md to a version. Without such steps a sentence says so. */
export function closeUpgrading(text: string, version: string): string {
  const { before, heading, section, after } = splitAt(text, /^### Unreleased$/m, /^##/m, "docs/upgrading.md");
  const steps = section.trim() === "" ? "Nothing beyond the steps above." : section.trim();
  return `${before}${heading}\n\n### ${version}\n\n${steps}\n${after === "" ? "" : `\n${after}`}`;
}

function splitAt(text: string, start: RegExp, end: RegExp, path: string) {
  const match = start.exec(text);
  if (match === null) throw new ReleaseError(`${path} has no section "Unreleased".`);
  const sectionAt = match.index + match[0].length;
  const length = text.slice(sectionAt).search(end);
  const endAt = length < 0 ? text.length : sectionAt + length;
  return {
    before: text.slice(0, match.index),
    heading: match[0],
    section: text.slice(sectionAt, endAt),
    after: text.slice(endAt),
  };
}

/** The entries of a version, for its page. */
export function readNotes(changelog: string, version: string): string {
  const heading = new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\].*$`, "m");
  if (!heading.test(changelog)) throw new ReleaseError(`CHANGELOG.md has no section [${version}].`);
  return `${splitAt(changelog, heading, /^## /m, "CHANGELOG.md").section.trim()}\n`;
}
