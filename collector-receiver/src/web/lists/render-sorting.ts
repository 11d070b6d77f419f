import type { Locale } from "../../metrics/format-metric.ts";
import type { ListOrder } from "../../stats/lists/list-order.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { listTexts } from "./list-texts.ts";

/** A column by which a list can be sorted. */
export interface SortableColumn<Column extends string> {
  readonly column: Column;
  readonly text: string;
}

/**
 * Heads of a table whose columns can be sorted by: the one that is sorted by turns around, any other begins with its
 * highest value.
 * @param hrefOf the list in another order; null: in its own
 */
export function sortHeads<Column extends string>(
  heads: readonly (SortableColumn<Column> | { readonly text: string; readonly isText?: boolean })[],
  order: ListOrder<Column> | null,
  hrefOf: (sort: string) => string,
): Fragment {
  return heads.map((head) => {
    if (!("column" in head))
      return html`<th scope="col" ${"isText" in head && head.isText && html` class="left"`}>${head.text}</th>`;
    if (order === null) return html`<th scope="col">${head.text}</th>`;
    const isSorted = order.by === head.column;
    const turned = isSorted && order.descending ? head.column : `-${head.column}`;
    return html`<th scope="col" ${isSorted && html` aria-sort="${order.descending ? "descending" : "ascending"}"`}>
      <a href="${hrefOf(turned)}"
        >${head.text}${isSorted && html`<span aria-hidden="true"> ${order.descending ? "↓" : "↑"}</span>`}</a
      >
    </th>`;
  });
}

/** What stands in a field of a filter. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string | null;
  readonly isNumber?: boolean;
}

interface FilterForm<Column extends string> {
  readonly locale: Locale;
  readonly path: string;
  /** What stays as it is: the month and the list. */
  readonly kept: Readonly<Record<string, string | null>>;
  readonly fields: readonly FilterField[];
  /** Null: the list has one order. */
  readonly order: ListOrder<Column> | null;
  readonly columns: readonly SortableColumn<Column>[];
  readonly clearHref: string;
}

/** The form above a list: its filter, and its order for those who see no heads of columns. */
export function renderFilter<Column extends string>(form: FilterForm<Column>): Html {
  const words = listTexts[form.locale];
  const { order } = form;
  const sorted = order === null ? null : `${order.descending ? "-" : ""}${order.by}`;
  const choice = (value: string, text: string): Html =>
    html`<option value="${value}" ${value === sorted && html` selected`}>${text}</option>`;
  const isFiltered = form.fields.some(({ value }) => value !== null);
  return html`<form class="filter no-print" method="get" action="${form.path}" aria-label="${words.filter}">
    ${Object.entries({ ...form.kept, lang: form.locale }).map(
      ([name, value]) => value !== null && html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    ${form.fields.map(
      ({ name, label, value, isNumber }) =>
        html`<label
          >${label}
          <input
            name="${name}"
            value="${value ?? ""}"
            maxlength="128"
            ${isNumber === true && html` inputmode="numeric" pattern="-?[0-9]*"`}
          />
        </label>`,
    )}
    ${
      order !== null &&
      html`<label
        >${words.sortedBy}
        <select name="sort">
          ${form.columns.map(({ column, text }) => [
            choice(column, words.upwards(text)),
            choice(`-${column}`, words.downwards(text)),
          ])}
        </select>
      </label>`
    }
    <button class="button">${words.apply}</button>
    ${isFiltered && html`<a href="${form.clearHref}">${words.clear}</a>`}
  </form>`;
}
