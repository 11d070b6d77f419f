import { QueryVariableBuilder, VariableRefresh } from "@grafana/grafana-foundation-sdk/dashboard";
import { boardDatasource } from "../panels/sql-target.ts";

/** A variable by which a reader chooses one of what a query finds. @param current what is chosen at first */
export function choiceVariable(
  name: string,
  label: string,
  query: string,
  current: { readonly text: string; readonly value: string },
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(boardDatasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .multi(false)
    .includeAll(false)
    .allowCustomValue(false)
    .current(current);
}
