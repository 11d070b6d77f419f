import { html, type Fragment, type Html } from "./html.ts";

/**
 * A table that is wider than some screens: it is scrolled, by keyboard too, and on a narrow one each row is a block of lines.
 * @param label what it holds, for those who cannot see it
 */
export function renderTable(
  label: string,
  head: Fragment,
  rows: readonly Html[],
  kind: "stack" | "events stack" = "stack",
  foot?: Fragment,
): Html {
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="${kind}">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      ${
        foot !== undefined &&
        html`<tfoot>
          ${foot}
        </tfoot>`
      }
    </table>
  </div>`;
}

/** Heads of columns that hold texts. */
export function textHeads(heads: readonly string[]): Fragment {
  return heads.map((head) => html`<th scope="col" class="left">${head}</th>`);
}
