/**
 * A name of a column of the result, as Grafana shows it.
 * @throws Error if it could not stand in a query: a macro's pattern ends at the first parenthesis only
 *   inside `$name(…)`, but a dollar would begin one
 */
export function quoteName(name: string): string {
  if (name.includes("$")) throw new Error(`the column "${name}" contains "$", which begins a macro; rename it`);
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function quoteText(text: string): string {
  if (text.includes("$")) throw new Error(`the text '${text}' contains "$", which begins a macro; reword it`);
  return `'${text.replaceAll("'", "''")}'`;
}
