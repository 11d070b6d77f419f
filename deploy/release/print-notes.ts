import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readNotes } from "./close-sections.ts";

/** Prints the section of a version in CHANGELOG.md: `node deploy/release/print-notes.ts v0.2.0`. */
const version = (process.argv[2] ?? "").replace(/^v/, "");
const changelog = readFileSync(join(import.meta.dirname, "../../CHANGELOG.md"), "utf8");
process.stdout.write(readNotes(changelog, version));
