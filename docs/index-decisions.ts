import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The parts of a decision that every reader looks for, in their order; others may follow. */
const parts = ["Context", "Decision", "Consequences"];

/**
 * `docs/decisions/README.md`: the decisions with number, title and date.
 * @throws Error naming the decision that has another form than "# 0001: …", "Accepted, 2026-11-22" and the parts
 */
export async function indexDecisions(): Promise<string> {
  const folder = fileURLToPath(new URL("decisions/", import.meta.url));
  const files = (await readdir(folder)).filter((file) => /^\d{4}-.*\.md$/.test(file)).toSorted();
  const rows = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(folder + file, "utf8");
      const found = /^# (\d{4}): (.+)\n\n(Accepted|Superseded), (\d{4}-\d{2}-\d{2})/.exec(text);
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      const isWhole = parts.every((part, place) => headings[place] === part);
      if (found === null || !file.startsWith(`${found[1]}-`) || !isWhole) {
        throw new Error(
          `docs/decisions/${file} does not begin with "# ${file.slice(0, 4)}: <title>", an empty line and "Accepted, <date>", ` +
            `or does not have the parts ${parts.join(", ")} in this order.`,
        );
      }
      const [, number, title, status, date] = found;
      return `| [${number}](${file}) | ${title} | ${status} | ${date} |`;
    }),
  );
  return `# Decisions

What was hard to decide, why we decided it, and what follows from it. \`npm run docs\` writes this list. Number 0008 was never used.

| number | decision | status | date |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}
