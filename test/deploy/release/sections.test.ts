import { expect, test } from "vitest";
import { missingAddresses } from "../../../deploy/release/check-addresses.ts";
import { closeChangelog, closeUpgrading, readNotes } from "../../../deploy/release/close-sections.ts";
import { nextVersion } from "../../../deploy/release/next-version.ts";

test.each([
  ["0.1.0", "minor", "0.2.0"],
  ["0.1.7", "patch", "0.1.8"],
  ["0.9.9", "minor", "0.10.0"],
  ["1.2.3", "major", "2.0.0"],
] as const)("%s and a %s step give %s", (current, step, next) => {
  expect(nextVersion(current, step)).toBe(next);
});

test("a version that is not three numbers has no next one", () => {
  for (const version of ["0.2", "0.2.0-beta.1", "v0.2.0", ""]) {
    expect(() => nextVersion(version, "patch")).toThrow(`"${version}" is not three numbers`);
  }
});

test("the changelog's entries become those of the version, before older ones", () => {
  const text = "# Changelog\n\n## Unreleased\n\n- **Added:** x.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n";
  const closed = closeChangelog(text, "0.2.0", "2026-11-30");
  expect(closed).toBe(
    "# Changelog\n\n## Unreleased\n\n## [0.2.0] - 2026-11-30\n\n- **Added:** x.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n",
  );
  expect(readNotes(closed, "0.2.0")).toBe("- **Added:** x.\n");
  expect(() => readNotes(closed, "0.3.0")).toThrow("no section [0.3.0]");
  expect(() => closeChangelog(closed, "0.3.0", "2026-12-01")).toThrow("nothing to release");
  expect(() => closeChangelog(text, "0.1.0", "2026-12-01")).toThrow("has a section 0.1.0 already");
  expect(closeChangelog(text.replace("## [0.1.0]", "## [10.2.0]"), "0.2.0", "2026-12-01")).toContain("## [0.2.0]");
  expect(() => closeChangelog("# Changelog\n", "0.2.0", "2026-12-01")).toThrow('no section "Unreleased"');
});

test("steps of an upgrade become those of the version, and a version without steps says so", () => {
  const text = "# Upgrading\n\n## Version by version\n\n### Unreleased\n\n- Do this.\n\n### 0.1.0\n\nOld.\n";
  const closed = closeUpgrading(text, "0.2.0");
  expect(closed).toContain("### Unreleased\n\n### 0.2.0\n\n- Do this.\n\n### 0.1.0\n\nOld.\n");
  expect(closeUpgrading(closed, "0.3.0")).toContain("### 0.3.0\n\nNothing beyond the steps above.\n\n### 0.2.0\n");
  expect(closeUpgrading("### Unreleased\n\n- Last.\n", "0.2.0")).toBe("### Unreleased\n\n### 0.2.0\n\n- Last.\n");
});

test("an address is an https URL with a path, alone or as the url of an object", () => {
  const good = {
    repository: { url: "git+https://example.com/a.git" },
    homepage: "https://example.com/a",
    bugs: "https://example.com/b",
  };
  expect(missingAddresses(good)).toEqual([]);
  expect(missingAddresses({ ...good, bugs: { email: "bugs@example.com" } })).toEqual(["bugs"]);
  expect(missingAddresses({ ...good, homepage: "http://example.com/a" })).toEqual(["homepage"]);
  expect(missingAddresses({ ...good, repository: "https://example.com/" })).toEqual(["repository"]);
  expect(missingAddresses({ ...good, repository: null })).toEqual(["repository"]);
});
