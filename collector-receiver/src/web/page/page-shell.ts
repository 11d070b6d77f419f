import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { Locale } from "../../metrics/format-metric.ts";
import { html, trusted } from "./html.ts";
import type { Fragment } from "./html.ts";
import { pageStyle } from "./page-style.ts";
import { textsOf } from "../report/choose-texts.ts";

export interface Page {
  readonly locale: Locale;
  readonly title: string;
  /** Links at the top, after the name. */
  readonly navigation: Fragment;
  readonly main: Fragment;
  readonly footer: Fragment;
  /** Labelled as sample data. */
  readonly sampleData: boolean;
  /** How often the page is loaded again if scripts are off; undefined: never. */
  readonly refreshSeconds?: number;
  /** The page's only script, if it has one. */
  readonly script?: string;
}

/** Two strokes of a ledger, as an address that needs no request. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%231f5fa8'/%3E%3Cpath d='M4 6h8M4 10h5' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/** A whole page. Everything it needs is in it. */
export function renderPage(page: Page): string {
  const texts = textsOf(page.locale);
  return html`<!doctype html>
    <html lang="${page.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${
          page.refreshSeconds !== undefined &&
          html`<noscript><meta http-equiv="refresh" content="${page.refreshSeconds}" /></noscript>`
        }
        <title>${page.title} · ${texts.product}</title>
        <link rel="icon" href="${trusted(icon)}" />
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">${texts.skip}</a>
        ${page.sampleData && html`<p class="sample" role="note">${texts.sampleData}</p>`}
        <header class="wide"><nav aria-label="${texts.product}">${page.navigation}</nav></header>
        <main id="main" class="wide" tabindex="-1">${page.main}</main>
        <footer class="wide">${page.footer}</footer>
        ${
          page.script !== undefined &&
          html`<script>
            ${trusted(page.script)};
          </script>`
        }
      </body>
    </html> `.text;
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * The policy of a page: its own style and script by their hash, the icon, and nothing else; no frame, no
 * request but to where the page came from, and a form, if the page has one, goes nowhere else.
 */
export function policyOf(page: string): string {
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    "img-src data:",
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    "base-uri 'none'",
    hasForm(page) ? "form-action 'self'" : "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const hasForm = (page: string): boolean => page.includes("<form ");
const posts = (page: string): boolean => /<form [^>]*method="post"/.test(page);

/** Sends a page with its policy; never stored by a cache that others share. */
export function sendPage(reply: FastifyReply, page: string, locale: Locale): FastifyReply {
  // A form that posts says where it comes from only with this policy.
  if (posts(page)) void reply.header("referrer-policy", "same-origin");
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", policyOf(page))
    .header("content-language", locale)
    .send(page);
}
