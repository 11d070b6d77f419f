/** What stands in a page for a character that would be markup. */
const entities: ReadonlyMap<string, string> = new Map([
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
]);

/** Text as it may stand in an element or in a quoted attribute, of HTML and of SVG. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>"'&]/g, (character) => entities.get(character) as string);
}

/** The text that `escapeHtml` was given; other entities stay. */
export function unescapeHtml(page: string): string {
  // The ampersand comes last: "&amp;lt;" is "&lt;".
  return [...entities].reduce((text, [character, entity]) => text.replaceAll(entity, character), page);
}
