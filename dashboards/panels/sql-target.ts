import type * as cog from "@grafana/grafana-foundation-sdk/cog";

/** The datasource that a dashboard's variable `datasource` names. */
export const boardDatasource = { type: "grafana-postgresql-datasource", uid: "${datasource}" } as const;

export type ResultFormat = "table" | "time_series";

/** A query of Grafana's PostgreSQL datasource; the SDK has no builder for it. */
export class SqlTarget implements cog.Builder<cog.Dataquery> {
  readonly #sql: string;
  readonly #format: ResultFormat;

  constructor(sql: string, format: ResultFormat) {
    this.#sql = sql;
    this.#format = format;
  }

  build(): cog.Dataquery {
    const target = {
      refId: "A",
      datasource: boardDatasource,
      editorMode: "code",
      rawQuery: true,
      format: this.#format,
      rawSql: this.#sql,
      _implementsDataqueryVariant: (): void => {},
    };
    // Needed by the type alone; JSON leaves functions out, a comparison of objects would not.
    Object.defineProperty(target, "_implementsDataqueryVariant", { enumerable: false });
    return target;
  }
}
