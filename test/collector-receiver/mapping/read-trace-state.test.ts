import { expect, test } from "vitest";
import { isThinned } from "../../../collector-receiver/src/mapping/read-trace-state.ts";

test.each([
  ["", false],
  ["ot=th:0", false],
  ["ot=th:00000000000000", false],
  ["ot=th:8", true],
  ["ot=th:c", true],
  ["ot=rv:abcdefabcdefab;th:fd70a4", true],
  ["ot=th:8;rv:00000000000001", true],
  ["vendor=th:8,ot=th:0", false],
  ["vendor=x, ot=th:8 ", true],
  ["vendor=ot=th:8", false],
  ["not=th:8", false],
  ["ot=rv:th:8", false],
  ["ot=xth:8", false],
  ["ot=th:", false],
  ["ot=th:xyz", false],
  ["ot=th:123456789abcdef", false],
  ["ot=p:3;r:8", false],
])("%j was thinned: %j", (traceState, expected) => {
  expect(isThinned(traceState)).toBe(expected);
});
