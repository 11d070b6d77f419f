const maxShown = 100;

/** The beginning of a text that a request brought, for a message about it. */
export function shortenInput(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}
