import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generateDashboards, generatedFolder } from "../../dashboards/generate-dashboards.ts";
import { counterMetrics, formulaOf, metricDictionary } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { boardQueries, boards, panelsOf } from "./read-queries.ts";
import type { BoardPanel } from "./read-queries.ts";

const provisioning = fileURLToPath(new URL("../../dashboards/provisioning/", import.meta.url));

describe("generated dashboards", () => {
  it.each(generateDashboards().map(({ path, json }) => [path, json] as const))(
    "%s is what its source gives now (else: npm run dashboards)",
    async (path, json) => {
      expect(await readFile(join(generatedFolder, path), "utf8")).toBe(json);
    },
  );

  it("are all there is in the folder", async () => {
    const files = await readdir(generatedFolder, { recursive: true });
    expect(files.filter((file) => file.endsWith(".json")).toSorted()).toEqual(
      generateDashboards()
        .map(({ path }) => path)
        .toSorted(),
    );
  });

  it("say the same in both languages: the same panels, queries that differ in names alone", () => {
    const shapeOf = (language: string): unknown =>
      boards
        .filter((board) => board.language === language)
        .map(({ name, model }) => [
          name,
          panelsOf(model).map(({ id, type, gridPos, targets }) => [
            id,
            type,
            gridPos,
            targets?.map(({ format, rawSql }) => [format, rawSql.replaceAll(/"[^"]*"|'[^']*'/g, "")]),
          ]),
        ]);
    expect(shapeOf("zh")).toEqual(shapeOf("en"));
  });

  it("take another timezone for their axes, and name the tenant's own currency and timezone when they are read", () => {
    const [board] = generateDashboards({ timezone: "Europe/Berlin" });
    expect(board?.dashboard.timezone).toBe("Europe/Berlin");
    for (const { model, path } of boards) {
      expect(JSON.stringify(model), path).not.toContain('"unit":"currency');
      for (const name of ["currency", "timezone"]) {
        const variable = model.templating.list.find((one: any) => one.name === name);
        expect(variable, path).toMatchObject({ type: "query", hide: 2 });
      }
      expect(panelsOf(model)[0]?.options.content, path).toContain("**$timezone**");
    }
    const saved = panelsOf(boards.find(({ path }) => path === "zh/overview.json")!.model).map(({ title }) => title);
    expect(saved).toContain("节省（$currency）");
  });
});

describe.each(boards)("$path", ({ language, model }) => {
  const panels = panelsOf(model);
  const withQuery = panels.filter((panel) => panel.type !== "text");

  it("is the classic model, with an id that stays", () => {
    expect(model).toMatchObject({ schemaVersion: 39, timezone: "Asia/Shanghai", editable: false });
    expect(model.uid).toMatch(/^spanledger-[a-z-]+$/);
    expect(model.uid.length).toBeLessThanOrEqual(40);
    expect(model).not.toHaveProperty("id");
    const rows = (model.panels as BoardPanel[]).filter(({ type }) => type === "row");
    const ids = [...panels, ...rows].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has a unit, a description with formula and denominator, and a link on every panel", () => {
    const words = language === "zh" ? ["公式：", "分母："] : ["Formula: ", "Denominator: "];
    for (const panel of withQuery) {
      expect(panel.fieldConfig.defaults.unit, panel.title).toMatch(/\S/);
      for (const word of words) expect(panel.description, panel.title).toContain(word);
      expect(panel.links, panel.title).toHaveLength(1);
      expect(panel.title).toMatch(/\S/);
      expect(panel.targets, panel.title).toHaveLength(1);
    }
    expect(panels.filter(({ type }) => type === "text")).toHaveLength(1);
  });

  it("leads to dashboards that exist, with the choices of this one", () => {
    const uids = new Set(boards.map((board) => board.model.uid));
    const known = ["/api/analytics/metrics", "/metrics", "/docs"].map((path) => `\${receiver_url}${path}`);
    for (const { links = [], title } of withQuery) {
      for (const { url } of links) {
        if (known.includes(url)) continue;
        const match =
          /^\/d\/([a-z-]+)\?\$\{__url_time_range\}&\$\{datasource:queryparam\}&\$\{tenant:queryparam\}$/.exec(url);
        expect(uids, `${title}: ${url}`).toContain(match?.[1]);
        expect(match?.[1]).toMatch(new RegExp(`-${language}$`));
      }
    }
  });

  it("has its links in sight: to the other dashboards, to the report, and on the panels", () => {
    expect(model.links.map(({ type }: { type: string }) => type)).toEqual(["dashboards", "link"]);
    expect(JSON.stringify(model)).not.toContain('"placement":"inControlsMenu"');
  });

  it("asks the datasource that its variable names, nothing else", () => {
    const chosen = { type: "grafana-postgresql-datasource", uid: "${datasource}" };
    for (const panel of withQuery) {
      expect(panel.datasource, panel.title).toEqual(chosen);
      for (const target of panel.targets ?? []) expect(target.datasource, panel.title).toEqual(chosen);
    }
    for (const variable of model.templating.list) {
      if (variable.type === "query") expect(variable.datasource).toEqual(chosen);
    }
    for (const annotation of model.annotations.list ?? []) expect(annotation.datasource).toEqual(chosen);
    expect(model.templating.list[0]).toMatchObject({ type: "datasource", query: "postgres" });
    expect(model.templating.list[1]).toMatchObject({ name: "tenant", type: "query" });
    expect(model.templating.list[1].multi ?? false).toBe(false);
  });

  it("has titles that fit their panels at 1280 pixels, beside the signs for description and link", () => {
    for (const { title, gridPos } of withQuery) {
      const shown = title.replace("$currency", "CNY").replace("$agent", "Agent 12345");
      // Of a font of 14 pixels: a Chinese character is as wide as it is high, a Latin one half of that.
      const needed = [...shown].reduce((sum, character) => sum + (character > "\u2e80" ? 14 : 7), 0);
      expect(needed, title).toBeLessThanOrEqual((gridPos.w * (1280 - 32)) / 24 - 88);
    }
  });

  it("lays its panels side by side, never one over another", () => {
    const taken = new Map<string, string>();
    for (const panel of panels) {
      const { x, y, w, h } = panel.gridPos;
      expect(x + w, panel.title).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          const cell = `${column}/${line}`;
          expect(taken.get(cell), `${panel.title} at ${cell}`).toBeUndefined();
          taken.set(cell, panel.title);
        }
      }
    }
  });
});

describe("queries", () => {
  it.each(boardQueries.map((query) => [query.where, query.sql] as const))("%s keeps to the rules", (_, sql) => {
    // Buckets by UTC; inclusive at both ends.
    expect(sql).not.toMatch(/\$__(timeGroup|timeFilter|unixEpoch)/);
    // A macro ends at its first parenthesis: none has an argument here, so nothing can be cut.
    for (const [call] of sql.matchAll(/\$[_a-zA-Z0-9]+\([^)]*\)/g)) {
      expect(["$__timeFrom()", "$__timeTo()"]).toContain(call);
    }
    // Without a cast PostgreSQL takes the instant for an interval or cannot choose a function.
    for (const [, cast] of sql.matchAll(/\$__time(?:From|To)\(\)(.{0,13})/g)) expect(cast).toBe("::timestamptz");
    // Counters, never events.
    expect(sql).not.toMatch(/\banalytics_events\b/);
    // Of sessions no more than when one ended that an agent held.
    const withoutHolds = sql.replaceAll(/select s\.first_end_at from analytics_sessions s\s/g, "");
    expect(withoutHolds).not.toMatch(/\banalytics_(sessions|customers)\b/);
    expect(sql).not.toMatch(/\bselect \*\s+from analytics_/);
    // Grafana sends the string as it is, several statements too.
    expect(sql).not.toContain(";");
    expect(sql).not.toMatch(/--|\/\*/);
    for (const [variable] of sql.matchAll(/\$(?!__)\w+/g))
      expect(["$tenant", "$agent", "$channel"]).toContain(variable);
    for (const [, before, after] of sql.matchAll(/(.)\$(?:tenant|agent|channel)(.)/g))
      expect([before, after]).toEqual(["'", "'"]);
  });

  it("have names of their own for every column", () => {
    for (const { where, sql } of boardQueries) {
      const names = [...sql.matchAll(/ as ("[^"]+")/g)].map(([, name]) => name);
      const last = sql.slice(sql.lastIndexOf("\nselect"));
      const inLast = names.filter((name) => last.includes(` as ${name}`));
      expect(new Set(inLast).size, where).toBe(inLast.length);
    }
  });
});

describe("the dictionary", () => {
  it("is on the dashboards: every figure of the case study has a panel, with the dictionary's own formula", () => {
    for (const language of ["zh", "en"] as const) {
      const descriptions = boards
        .filter((board) => board.language === language)
        .flatMap(({ model }) => panelsOf(model))
        .filter(({ type }) => type === "stat")
        .map(({ description }) => description ?? "");
      for (const metric of counterMetrics) {
        const shown = descriptions.filter((text) => text.startsWith(`**${metric.name[language]}**`));
        expect(shown.length, metric.key).toBeGreaterThan(0);
        for (const text of shown) {
          expect(text).toContain(`\`${formulaOf(metric)}\``);
          expect(text).toContain(metric.meaning[language]);
          if (metric.estimate) expect(text).toMatch(/estimate|估算/);
        }
      }
    }
  });

  it("has a name of its own for each metric, so that a column says which it is", () => {
    for (const language of ["zh", "en"] as const) {
      const names = metricDictionary.map(({ name }) => name[language]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe("provisioning", () => {
  it("names the datasource that the dashboards begin with, its database where Grafana looks, and a role that reads", async () => {
    const yaml = await readFile(join(provisioning, "datasources/spanledger.yaml"), "utf8");
    expect(yaml).toMatch(/^ {4}uid: spanledger$/m);
    expect(yaml).toMatch(/^ {4}jsonData:\n(?: {6}.*\n)*? {6}database: /m);
    expect(yaml).toMatch(/^ {4}user: spanledger_dashboards$/m);
    for (const { model } of boards) expect(model.templating.list[0].current.value).toBe("spanledger");
  });

  it("has a folder for each language", async () => {
    const yaml = await readFile(join(provisioning, "dashboards/spanledger.yaml"), "utf8");
    for (const language of ["zh", "en"]) expect(yaml).toMatch(new RegExp(`^ {6}path: .*/${language}$`, "m"));
  });
});
