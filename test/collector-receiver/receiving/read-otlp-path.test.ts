import { describe, expect, test } from "vitest";
import { pathOf, readOtlpPath } from "../../../collector-receiver/src/receiving/read-otlp-path.ts";

test.each([
  ["/v1/traces", "traces", null],
  ["/v1/logs?x=1", "logs", null],
  ["/v1/metrics", "metrics", null],
  ["/v1/logs/", "logs", "trailing_slash"],
  ["/v1/logs//?a", "logs", "double_slash"],
  ["//v1/traces", "traces", "double_slash"],
  ["/v1//metrics", "metrics", "double_slash"],
  ["/v1/trace", "traces", "singular_path"],
  ["/v1/log/", "logs", "singular_path"],
  ["/v1/metric", "metrics", "singular_path"],
  ["/v1/traces/v1/traces", "traces", "doubled_path"],
  // The endpoint of one signal, and an exporter of another.
  ["/v1/traces/v1/logs", "logs", "doubled_path"],
  ["/v1/trace//v1/log/", "logs", "doubled_path"],
  ["/v1/v1/traces", "traces", "doubled_path"],
  ["/v1/traces/v1/traces/v1/traces", "traces", "doubled_path"],
  ["/v1/trace%73", "traces", null],
  ["/v1%2Flogs", "logs", null],
  ["http://receiver.example:4319/v1/traces", "traces", null],
  ["HTTPS://receiver.example//v1/logs#x", "logs", "double_slash"],
] as const)("reads %s as %s, %s", (url, signal, slip) => {
  expect(readOtlpPath(url)).toEqual({ signal, slip });
});

describe("paths where there is nothing", () => {
  test.each([
    "/v1",
    "/v1/",
    "/v1/profiles",
    "/v1/Traces",
    "/V1/traces",
    "/v1/traces/x",
    "/v1/x/v1/traces",
    "/v1/traces/v1",
    "/v1/traces/traces",
    "/v1/%ff",
    "/v1/tracess",
    "/v1/constructor",
  ])("%s is unknown", (url) => {
    expect(readOtlpPath(url)).toBe("unknown");
  });

  test.each(["/", "", "*", "/report", "/v2/traces", "/v1x/traces", "/api/v1/traces", "http://v1/", "/?/v1/traces"])(
    "%j is not OTLP's",
    (url) => {
      expect(readOtlpPath(url)).toBeUndefined();
    },
  );

  test("a long path takes no longer than its bytes", () => {
    expect(readOtlpPath("/v1/traces".repeat(1500) + "/x")).toBe("unknown");
    expect(readOtlpPath("/".repeat(15_000) + "v1/logs")).toEqual({ signal: "logs", slip: "double_slash" });
  });
});

test("a path is shown without scheme, host and query", () => {
  expect(["/v1/x?token=secret", "http://user:pass@host/v1/x", "/a#b?c", ""].map(pathOf)).toEqual([
    "/v1/x",
    "/v1/x",
    "/a",
    "",
  ]);
});
