/** One scrape: samples by series. */
export type Scrape = ReadonlyMap<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }>;

/** Reads the text format of Prometheus; `up` is what Prometheus adds itself. */
export function readScrape(text: string | null): Scrape {
  const samples = new Map<string, { labels: Record<string, string>; value: number }>();
  samples.set("up", { labels: { job: "spanledger" }, value: text === null ? 0 : 1 });
  for (const line of (text ?? "").split("\n")) {
    const [, name, labels = "", value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    samples.set(`${name}{${labels}}`, {
      labels: Object.fromEntries([["__name__", name], ...pairs]),
      value: Number(value),
    });
  }
  samples.get("up")!.labels["__name__"] = "up";
  return samples;
}

/**
 * Whether an alert's expression holds, between two scrapes that span its range. Knows the part of PromQL
 * that deploy/prometheus/alerts.yaml uses, and as Prometheus does it sees no increase in a series that
 * was not there before.
 * @throws if the expression has anything else in it
 */
export function evaluateAlert(expression: string, before: Scrape, after: Scrape): boolean {
  const [, sought = ""] = /^absent\((.+)\)$/.exec(expression.trim()) ?? [];
  if (sought !== "") return select(after, sought).length === 0;
  const [, left = "", operator = "", limit = ""] = /^(.+) (>|==) (\S+)$/.exec(expression.trim()) ?? [];
  if (left === "") throw new Error(`no comparison: ${expression}`);
  return valuesOf(left).some((value) => (operator === ">" ? value > Number(limit) : value === Number(limit)));

  function valuesOf(part: string): number[] {
    const [, quantile = "", inner = ""] = /^histogram_quantile\(([\d.]+), rate\((.+)\[\w+\]\)\)$/.exec(part) ?? [];
    if (inner !== "") return [quantileOf(Number(quantile), changes(inner))];
    const [, ranged = ""] = /^(?:increase|delta)\((.+)\[\w+\]\)$/.exec(part) ?? [];
    if (ranged !== "") return changes(ranged).map(({ change }) => change);
    const [, dividend = "", divisor = ""] = /^(\S+) \/ (\S+)$/.exec(part) ?? [];
    if (dividend !== "") {
      const [of] = select(after, divisor);
      return select(after, dividend).map(({ value }) => value / (of?.value ?? Number.NaN));
    }
    return select(after, part).map(({ value }) => value);
  }

  function changes(selector: string) {
    const earlier = new Map(select(before, selector).map(({ series, value }) => [series, value]));
    return select(after, selector).flatMap(({ series, labels, value }) => {
      const was = earlier.get(series);
      return was === undefined ? [] : [{ labels, change: value - was }];
    });
  }
}

function select(scrape: Scrape, selector: string) {
  const [, name, matchers = ""] = /^([a-z_]\w*)(?:\{(.*)\})?$/.exec(selector) ?? [];
  if (name === undefined) throw new Error(`no selector: ${selector}`);
  const tests = [...matchers.matchAll(/(\w+)(=~?)"([^"]*)"/g)].map(([, label = "", operator, text = ""]) => ({
    label,
    pattern: new RegExp(operator === "=" ? `^${text.replaceAll(/[^\w]/g, "\\$&")}$` : `^(?:${text})$`),
  }));
  return [...scrape.entries()].flatMap(([series, { labels, value }]) =>
    labels["__name__"] === name && tests.every(({ label, pattern }) => pattern.test(labels[label] ?? ""))
      ? [{ series, labels, value }]
      : [],
  );
}

/** The upper bound of the bucket that the quantile lies in; NaN if nothing was observed. */
function quantileOf(
  quantile: number,
  buckets: readonly { readonly labels: Readonly<Record<string, string>>; readonly change: number }[],
): number {
  const total = Math.max(0, ...buckets.map(({ change }) => change));
  if (total === 0) return Number.NaN;
  const bounds = buckets
    .map(({ labels, change }) => ({ bound: Number(labels["le"]?.replace("+Inf", "Infinity")), change }))
    .toSorted((a, b) => a.bound - b.bound);
  return bounds.find(({ change }) => change >= quantile * total)?.bound ?? Number.NaN;
}
