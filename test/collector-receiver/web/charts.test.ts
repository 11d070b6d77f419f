import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vocabularies } from "../../../sdk/src/vocabularies.ts";
import { bucketCount, bucketOf, bucketRange } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import { chartReasons } from "../../../collector-receiver/src/web/charts/chart-reasons.ts";
import { chartResponses } from "../../../collector-receiver/src/web/charts/chart-responses.ts";
import { drawHeatmap } from "../../../collector-receiver/src/web/charts/draw-heatmap.ts";
import { drawHistogram } from "../../../collector-receiver/src/web/charts/draw-histogram.ts";
import { drawLegend } from "../../../collector-receiver/src/web/charts/draw-legend.ts";
import type { Drawing } from "../../../collector-receiver/src/web/charts/drawing.ts";
import type { ReportChart } from "../../../collector-receiver/src/web/charts/report-chart.ts";
import { binDurations } from "../../../collector-receiver/src/web/charts/response-bins.ts";
import { textsOf } from "../../../collector-receiver/src/web/report/choose-texts.ts";
import type { ReportContext } from "../../../collector-receiver/src/web/report/report-context.ts";
import { labelOf, labelsOf } from "../../../collector-receiver/src/web/words/label-words.ts";
import { wordLabels } from "../../../collector-receiver/src/web/words/word-labels.ts";

type Locale = "en" | "zh-CN";

/** A report of a chatbot that has reported, with nothing in it but this. */
function reportOf(material: object, locale: Locale = "en", least: number | null = null): ReportContext {
  const reading = { tenant: { chatbotReported: true, workbenchReported: true } };
  return { material: { reading, ...material }, texts: textsOf(locale), locale, least } as unknown as ReportContext;
}

interface Box {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

function boxesOf({ body }: Drawing, className: string): Box[] {
  const numberOf = (markup: string, name: string): number => Number(new RegExp(` ${name}="([^"]*)"`).exec(markup)?.[1]);
  return [...body.matchAll(new RegExp(`<rect class="${className}"[^>]*>`, "g"))].map(([markup]) => ({
    x: numberOf(markup, "x"),
    width: numberOf(markup, "width"),
    height: numberOf(markup, "height"),
  }));
}

const textsIn = (markup: string): string[] => [...markup.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = ""]) => text);
const drawn = ({ draw }: ReportChart): Drawing => (draw as NonNullable<typeof draw>)(560, "x");

const arbitraryBuckets = fc
  .array(fc.record({ ms: fc.nat({ max: 100_000_000 }), count: fc.integer({ min: 1, max: 500 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((values) => values.map(({ ms, count }) => ({ bucket: bucketOf(ms), count })));

describe("the histogram of durations", () => {
  test("keeps every duration in whole stored buckets that touch, in at most 28 bins", () => {
    const upper = new Set(Array.from({ length: bucketCount }, (_, bucket) => bucketRange(bucket).to));
    fc.assert(
      fc.property(arbitraryBuckets, (buckets) => {
        const bins = binDurations(buckets);
        expect(bins.length).toBeLessThanOrEqual(28);
        bins.forEach(({ from, to, count }, i) => {
          expect(upper.has(to)).toBe(true);
          if (i > 0) expect(from).toBe(bins[i - 1]?.to);
          const inside = buckets.filter(({ bucket }) => bucketRange(bucket).to > from && bucketRange(bucket).to <= to);
          expect(count).toBe(inside.reduce((sum, one) => sum + one.count, 0));
        });
        expect(bins[0]?.count).toBeGreaterThan(0);
        expect(bins.at(-1)?.count).toBeGreaterThan(0);
      }),
    );
  });

  test("draws each bar at its place on the axis, as wide as its bin and as high as its count", () => {
    fc.assert(
      fc.property(arbitraryBuckets, (buckets) => {
        const bins = binDurations(buckets).map((bin) => ({ ...bin, title: String(bin.count) }));
        const words = { countTitle: "", valueTitle: "", countText: String, valueText: String };
        const boxes = boxesOf(drawHistogram({ bins, marks: [], ...words }, 560), "fill1");
        const filled = bins.filter(({ count }) => count > 0);
        expect(boxes).toHaveLength(filled.length);
        const first = filled[0] as (typeof filled)[number];
        const whole = Math.log((bins.at(-1)?.to ?? 0) / first.from);
        const [left, inner] = [46, 504];
        filled.forEach(({ from, to }, i) => {
          const box = boxes[i] as Box;
          // Rounded to a tenth of a pixel, and half a pixel of gap to either side.
          expect(Math.abs(box.x - 0.5 - (left + (Math.log(from / first.from) / whole) * inner))).toBeLessThan(0.11);
          expect(Math.abs(box.width - Math.max(0.5, (Math.log(to / from) / whole) * inner - 1))).toBeLessThan(0.11);
        });
        const tallest = filled.reduce((most, { count }) => Math.max(most, count), 0);
        const scale = (boxes[filled.findIndex(({ count }) => count === tallest)] as Box).height / tallest;
        filled.forEach(({ count }, i) => expect(Math.abs((boxes[i] as Box).height - count * scale)).toBeLessThan(0.2));
      }),
    );
  });

  test.each([
    [1, []],
    [2, ["p50"]],
    [9, ["p50"]],
    [10, ["p50", "p90"]],
    [99, ["p50", "p90"]],
    [100, ["p50", "p90", "p99"]],
  ])("of %i responses shows the quantiles %j", (count, names) => {
    const chart = chartResponses(reportOf({ responseTimes: [{ bucket: bucketOf(1500), count }] }));
    const named = ["p50", "p90", "p99"].filter((name) => chart.summary.includes(`(${name})`));
    const lines = textsIn(drawn(chart).body).filter((text) => /^p\d\d /.test(text));
    expect([named, lines.map((line) => line.slice(0, 3))]).toEqual([names, names]);
    expect(chart.summary).not.toMatch(/undefined|NaN|: \./);
  });
});

describe("reasons for escalation", () => {
  const reasons = Array.from({ length: 45 }, (_, i) => ({ value: `reason_${"x".repeat(i)}`, events: 100 - i }));
  const total = reasons.reduce((sum, { events }) => sum + events, 0);

  test("are the first 20 as bars and how many more there are; the table has all", () => {
    const chart = chartReasons(reportOf({ escalationReasons: [...reasons, { value: "other", events: 7 }] }));
    const texts = textsIn(drawn(chart).body);
    expect(texts.filter((text) => text.startsWith("Reason "))).toHaveLength(19);
    expect(texts).toContain("25 more");
    const more = reasons.slice(20).reduce((sum, { events }) => sum + events, 0);
    expect(texts.find((text) => text.startsWith(`${more.toLocaleString("en")} · `))).toBeDefined();
    expect(chart.table.rows).toHaveLength(46);
    expect(chart.table.rows.reduce((sum, row) => sum + Number(row[1]?.value), 0)).toBe(total + 7);
  });

  test.each([
    ["en", "Unhelpful answers", "Asked for a human"],
    ["zh-CN", "回答无帮助", "客户要求人工"],
  ] as const)("read as words in %s, not as codes", (locale, first, second) => {
    const counts = [
      { value: "unhelpful_answers", events: 9 },
      { value: "User-Request", events: 4 },
    ];
    const chart = chartReasons(reportOf({ escalationReasons: counts }, locale));
    expect(chart.table.rows.map(([cell]) => cell?.text)).toEqual([first, second]);
    expect(chart.summary).toContain(first);
    expect(drawn(chart).hovers).toContain(`<title>${first}: 9 · `);
  });
});

describe("words of products", () => {
  test("that the catalogue knows have a label in both languages", () => {
    for (const words of Object.values(vocabularies).flatMap((meanings) => Object.values<readonly string[]>(meanings))) {
      for (const word of words) {
        // Latin letters in Chinese are names: AI, iOS, WhatsApp.
        expect(labelOf(word, "zh-CN"), word).toMatch(/\p{Script=Han}|^(?:AI|iOS|API|[A-Z][A-Za-z]+)$/u);
        expect(labelOf(word, "en"), word).toMatch(/^[A-Za-z][A-Za-z ]+$/);
      }
    }
    for (const [en, zh] of Object.values(wordLabels)) expect([en, zh].every((label) => label !== "")).toBe(true);
  });

  test.each([
    ["late_parcel", "Late parcel"],
    ["ai-chatbot", "AI chatbot"],
    ["vip_sla_missed", "VIP SLA missed"],
    ["apifree", "Apifree"],
    ["order #", "order #"],
    ["Überfällig", "Überfällig"],
    ["HTTP_500", "HTTP_500"],
    ["constructor", "Constructor"],
    ["", ""],
    ["Abandoned cart", "Abandoned cart"],
  ])("%j without a label is %j", (word, label) => {
    expect(labelOf(word, "en")).toBe(label);
    expect(labelOf(word, "zh-CN")).toBe(label);
  });

  test("that would read the same stay as they are", () => {
    expect(labelsOf(["canceled", "cancelled", "closed"], "en")).toEqual(["canceled", "cancelled", "Closed"]);
  });
});

test("a legend breaks into lines and stays within its width", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 8 }), (lengths) => {
      const entries = lengths.map((length, i) => ({ name: "x".repeat(length), look: ((i % 6) + 1) as 1 }));
      const { body, height } = drawLegend(46, 300, entries, "x");
      const places = [...body.matchAll(/<text[^>]* x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</g)];
      expect(places).toHaveLength(entries.length);
      for (const [, x, y, text] of places) {
        expect(Number(x) + (text as string).length * 6.9).toBeLessThanOrEqual(346.1);
        expect(Number(y)).toBeLessThan(height);
      }
    }),
  );
});

test("the more a cell of a heatmap holds, the darker it is; nothing is lighter than all", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 200 }), { minLength: 24, maxLength: 24 }), (values) => {
      const columns = values.map((_, hour) => String(hour));
      const { body, hovers } = drawHeatmap(
        { rows: ["Mon"], columns, cells: [values], format: String, nameOf: (_, hour) => `Mon ${hour}` },
        560,
      );
      const steps = [...body.matchAll(/class="heat heat(\d)"/g)].slice(0, 24).map(([, step]) => Number(step));
      values.forEach((value, hour) => {
        expect(steps[hour] === 0).toBe(value === 0);
        expect(hovers).toContain(`<title>Mon ${hour}: ${value}</title>`);
        values.forEach((other, at) => {
          if (value >= other) expect(steps[hour]).toBeGreaterThanOrEqual(steps[at] as number);
        });
      });
    }),
  );
});
