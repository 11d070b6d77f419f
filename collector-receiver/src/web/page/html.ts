/** Markup that is safe to put into a page: made by `html` or `trusted` only. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or in a quoted attribute, of HTML and of SVG. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string);
}

/** Markup of our own making, taken as it is. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** A piece of a page: every value is escaped unless it is `Html` itself; null, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  return new Html(strings.reduce((page, string, i) => page + textOf(values[i - 1]) + string));
}

function textOf(value: Fragment): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return (value as readonly Fragment[]).map(textOf).join("");
  return escapeText(String(value));
}
