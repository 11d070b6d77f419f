/** The longest function, in lines with comments and blank lines. */
export const maxFunctionLines = 60;

/**
 * Files with a function that is longer, each with the reason why it is not split. The linter's configuration is generated
 * from this list; a test fails if a file has no such function any more.
 */
export const longFunctions: readonly { readonly file: string; readonly because: string }[] = [
  ...["agent-workbench", "agents", "ai-chatbot", "data-quality", "overview", "tickets"].map((board) => ({
    file: `dashboards/boards/${board}.ts`,
    because: "a board is one list of panels from top to bottom",
  })),
  {
    file: "examples/demo/start-demo-services.ts",
    because: "starts each process with the address of the one before, in the order that a reader of the demo follows",
  },
  {
    file: "sdk/src/recording/event-recorder.ts",
    because: "recordOne runs in the product's call: parts would pass a dozen values, or allocate for each event",
  },
  {
    file: "sdk/src/recording/event-writer.ts",
    because: "write fills one record from front to back, and lengths at its front depend on what follows",
  },
  ...["scan-json-attributes", "walk-json-log-record", "walk-protobuf", "read-plain-protobuf"].map((walker) => ({
    file: `collector-receiver/src/otlp/${walker}.ts`,
    because: "one loop over the bytes of a message, a case a field: a call for each field costs 5 to 10 % of decoding",
  })),
];
