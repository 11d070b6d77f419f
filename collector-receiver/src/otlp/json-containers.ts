import { inBothCases } from "./json-members.ts";

/**
 * Members that lead from a request to its spans or log records. Scopes were called instrumentation libraries until 2022; the
 * Collector writes a third name.
 */
export const containers = {
  traces: {
    resources: inBothCases("resourceSpans"),
    scopes: inBothCases("scopeSpans", "instrumentationLibrarySpans", "deprecatedScopeSpans"),
    items: inBothCases("spans"),
  },
  logs: {
    resources: inBothCases("resourceLogs"),
    scopes: inBothCases("scopeLogs", "instrumentationLibraryLogs", "deprecatedScopeLogs"),
    items: inBothCases("logRecords"),
  },
} as const;

export const names = {
  resource: inBothCases("resource"),
  scope: inBothCases("scope", "instrumentationLibrary"),
  attributes: inBothCases("attributes"),
  name: inBothCases("name"),
  schemaUrl: inBothCases("schemaUrl"),
  otherOfResource: inBothCases("droppedAttributesCount", "entityRefs"),
};

/** What each signal's request begins with. Another signal's is not an unknown field, but a mistake that would lose data. */
export const resourcesOfSignals = inBothCases("resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles");
