/** Members that lead from a request to its spans or log records. */
export const containers = {
  traces: {
    resources: Buffer.from("resourceSpans"),
    scopes: Buffer.from("scopeSpans"),
    /** What scopes were called until 2022. */
    olderScopes: Buffer.from("instrumentationLibrarySpans"),
    items: Buffer.from("spans"),
  },
  logs: {
    resources: Buffer.from("resourceLogs"),
    scopes: Buffer.from("scopeLogs"),
    olderScopes: Buffer.from("instrumentationLibraryLogs"),
    items: Buffer.from("logRecords"),
  },
} as const;

export const names = {
  resource: Buffer.from("resource"),
  scope: Buffer.from("scope"),
  olderScope: Buffer.from("instrumentationLibrary"),
  attributes: Buffer.from("attributes"),
  name: Buffer.from("name"),
};

/** What each signal's request begins with. Another signal's is not an unknown field, but a mistake that would lose data. */
export const resourcesOfSignals = ["Spans", "Logs", "Metrics", "Profiles"].map((signal) =>
  Buffer.from(`resource${signal}`),
);
