import { expect, test } from "vitest";
import { definedMetrics } from "../../../collector-receiver/src/metrics/metric-dictionary.ts";
import { answeredMetrics, peerOf } from "../../../collector-receiver/src/metrics/peer-definitions.ts";
import { describeDictionary } from "../../../collector-receiver/src/stats/describe-dictionary.ts";

const han = /\p{Script=Han}/u;

test.each(definedMetrics.map((metric) => [metric.key, metric] as const))(
  "%s has a version, a sentence in both languages, and what peers say of it",
  (_key, metric) => {
    expect(metric.definitionVersion).toBeGreaterThanOrEqual(1);
    expect(metric.since).toMatch(/^\d+\.\d+\.\d+$/);
    for (const text of [metric.name, metric.meaning]) {
      expect(text.en).toMatch(/[A-Za-z]/);
      expect(text.zh).toMatch(han);
    }
    const peer = peerOf(metric);
    expect(peer, "look whether a comparable product publishes a definition; null if none does").not.toBeUndefined();
    if (peer === null || peer === undefined) return;
    expect(peer.en).toMatch(/^[\x20-\x7e–÷]+\.$/);
    expect(peer.zh).toMatch(han);
    for (const url of peer.source.split(" ")) expect(new URL(url).protocol).toBe("https:");
  },
);

test("no answer is left of a metric that is gone, or that carries its own", () => {
  const needed = definedMetrics.filter((metric) => metric.peer === undefined && metric.kind !== "quantile");
  expect([...answeredMetrics].toSorted()).toEqual(needed.map(({ key }) => key).toSorted());
});

test("the API says so too, in both languages", () => {
  for (const locale of ["en", "zh-CN"] as const) {
    for (const { key, peers, peers_source: source } of describeDictionary(locale)) {
      expect(peers, key).not.toBe("");
      expect(source === null, key).toBe(peers === "No peer publishes one." || peers === "没有同类产品公布定义。");
    }
  }
});
