import { escapeHtml } from "../../bytes/html-entities.ts";

/** Markup that is safe to put into a page: made by `html` or `trusted` only. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[];

/**
 * Characters that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), lone surrogates among them. One of them in an
 * agent's name makes a whole SVG, and with it a PDF or PNG, unreadable.
 */
// oxlint-disable-next-line no-control-regex -- these are the characters
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text that XML can hold: a forbidden character becomes U+FFFD, which shows that something was there. */
export function readableText(text: string): string {
  return text.toWellFormed().replace(forbidden, "\ufffd");
}

/** `escapeHtml` of what XML can hold. */
export function escapeText(text: string): string {
  return escapeHtml(readableText(text));
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
