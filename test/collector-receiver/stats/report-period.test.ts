import { describe, expect, it } from "vitest";
import { describePeriod } from "../../../collector-receiver/src/stats/describe-period.ts";
import { counterRangeOf, parsePeriod } from "../../../collector-receiver/src/stats/report-period.ts";
import { RequestError } from "../../../collector-receiver/src/stats/request-error.ts";

describe("the period of a query", () => {
  it("is the current month without parameters", () => {
    expect(parsePeriod({}, "2025-12-25")).toEqual({
      month: "2025-12",
      startDate: "2025-12-01",
      endDate: "2025-12-31",
      running: true,
    });
  });

  it.each([
    ["2024-02-29", "2024-02-29", "2024-02-29"],
    ["2025-W01", "2024-12-30", "2025-01-05"],
    ["2020-W53", "2020-12-28", "2021-01-03"],
    ["2024-02", "2024-02-01", "2024-02-29"],
    ["2025-Q4", "2025-10-01", "2025-12-31"],
    ["2024-Q1", "2024-01-01", "2024-03-31"],
    ["2025", "2025-01-01", "2025-12-31"],
  ])("is a day, an ISO week, a month, a quarter or a year: %s", (period, startDate, endDate) => {
    expect(parsePeriod({ period }, "2026-06-15")).toMatchObject({ startDate, endDate, running: false });
    expect(parsePeriod({ from: startDate, to: endDate }, "2026-06-15")).toEqual(parsePeriod({ period }, "2026-06-15"));
  });

  it("is the month where a range is one", () => {
    const period = parsePeriod({ start_date: "2024-02-01", end_date: "2024-02-29" }, "2025-12-25");
    expect(period).toEqual(parsePeriod({ month: "2024-02" }, "2025-12-25"));
  });

  const refused: readonly [object, string][] = [
    [{ period: "2025-W53" }, 'period = "2025-W53"'],
    [{ period: "2025-W00" }, 'period = "2025-W00"'],
    [{ period: "2025-Q5" }, 'period = "2025-Q5"'],
    [{ period: "2025-02-29" }, 'period = "2025-02-29"'],
    [{ period: "0001" }, 'period = "0001"'],
    [{ period: "2025-12 " }, 'period = "2025-12 "'],
    [{ period: "2025", month: "2025-12" }, 'month = "2025-12" cannot be mixed with period'],
    [{ from: "2025-12-01", end_date: "2025-12-02" }, "cannot be mixed with"],
    [{ from: "2025-12-01" }, 'from = "2025-12-01" needs to'],
    [{ month: "2025-13" }, 'month = "2025-13"'],
    [{ month: "2025-1" }, 'month = "2025-1"'],
    [{ month: "" }, 'month = ""'],
    [{ month: "9999-12" }, 'month = "9999-12"'],
    [{ month: "2025-12", start_date: "2025-12-01" }, 'month = "2025-12" cannot be mixed with start_date'],
    [{ month: "2025-12", end_date: "2025-12-01" }, 'month = "2025-12" cannot be mixed with end_date'],
    [{ start_date: "2025-12-01" }, 'start_date = "2025-12-01" needs end_date'],
    [{ end_date: "2025-12-01" }, 'end_date = "2025-12-01" needs start_date'],
    [{ start_date: "2025-02-29", end_date: "2025-03-01" }, 'start_date = "2025-02-29"'],
    [{ start_date: "2025-12-02", end_date: "2025-12-01" }, 'start_date = "2025-12-02" lies after'],
    [{ start_date: "2025-12-01", end_date: "2025-12-01T00:00:00Z" }, 'end_date = "2025-12-01T00:00:00Z"'],
    [{ start_date: "1990-01-01", end_date: "2025-12-01" }, "at most 3660"],
  ];
  it.each(refused)("refuses %j and names the value", (query, message) => {
    expect(() => parsePeriod(query, "2025-12-25")).toThrow(RequestError);
    expect(() => parsePeriod(query, "2025-12-25")).toThrow(message);
  });
});

describe("the rows of a range", () => {
  it("are one row where it is a month, an ISO week or a day, else its days", () => {
    const month = parsePeriod({ month: "2025-12" }, "2025-12-25");
    expect(counterRangeOf(month)).toEqual({ periodType: "month", first: "2025-12", last: "2025-12" });
    const week = { startDate: "2025-12-29", endDate: "2026-01-04" };
    expect(counterRangeOf(week)).toEqual({ periodType: "week", first: "2026-W01", last: "2026-W01" });
    const day = { startDate: "2025-12-31", endDate: "2025-12-31" };
    expect(counterRangeOf(day)).toEqual({ periodType: "day", first: "2025-12-31", last: "2025-12-31" });
    // Seven days, but no ISO week.
    const days = { startDate: "2025-12-30", endDate: "2026-01-05" };
    expect(counterRangeOf(days)).toEqual({ periodType: "day", first: "2025-12-30", last: "2026-01-05" });
  });
});

describe("a period in words", () => {
  const month = { startDate: "2025-12-01", endDate: "2025-12-31", month: "2025-12" };
  const days = { startDate: "2025-12-30", endDate: "2026-01-03", month: null };
  const day = { startDate: "2025-12-25", endDate: "2025-12-25", month: null };
  it("names the month, the dates or the day", () => {
    expect(describePeriod(month, "zh-CN")).toBe("2025年12月");
    expect(describePeriod(month, "en")).toBe("December 2025");
    expect(describePeriod(days, "zh-CN")).toBe("2025年12月30日至2026年1月3日");
    expect(describePeriod(days, "en").replaceAll("\u2009", " ")).toBe("December 30, 2025 – January 3, 2026");
    expect(describePeriod(day, "zh-CN")).toBe("2025年12月25日");
    expect(describePeriod(day, "en")).toBe("December 25, 2025");
  });
});
