import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * A file of the repository as the chart holds it: Helm reads only what lies within a chart.
 * @param path counted from the top of the repository
 */
export async function copyIntoChart(path: string): Promise<string> {
  const text = await readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
  return `# Copied from ${path} by \`npm run docs\`: edit it there.\n${text}`;
}
