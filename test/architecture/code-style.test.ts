import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { locateInRepository } from "../../docs/generate-documents.ts";

/** How code is written here, where neither the formatter nor the linter has a rule for it. */
interface StyleRule {
  readonly title: string;
  /** Files under one of these are looked at. */
  readonly under: readonly string[];
  readonly except?: RegExp;
  /** What must not stand in a file. */
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly remedy: string;
  readonly refused: readonly string[];
  readonly accepted: readonly string[];
}

const everywhere = ["collector-receiver", "sdk", "bench", "test", "examples", "docs", "deploy", "dashboards"];
const shipped = ["collector-receiver/src", "sdk/src", "bench", "examples", "docs", "deploy", "dashboards"];

/** PostgreSQL's own timezone database, in a statement. */
const databaseTimezone = /\bat time zone (?!'UTC')|(?<![.\w])timezone\(/gi;

const rules: readonly StyleRule[] = [
  {
    title: "private members are written #name",
    under: everywhere,
    // A method's name is the last word before its parenthesis; `private` alone may be an object's key.
    pattern: /(?<=^|[{;(,])\s*(?:(?:declare|static|readonly|override|async|abstract)\s+)*private\s+[\w*#[]/gm,
    remedy: "write #name, which the language itself keeps private",
    refused: [
      "private at = 0;",
      "declare private readonly at: number;",
      "private constructor() {}",
      "private *walk() {}",
    ],
    accepted: ["#at = 0;", "protected at = 0;", "private: true,"],
  },
  {
    title: "no array is taken apart by counting",
    under: everywhere,
    // One place left out of a pair, or of a match's groups, is clear.
    pattern: /\[[^\][=("'`]*,\s*,[^\][]*\]/g,
    remedy: "let the function return an object, or destructure only [first, second]",
    refused: [
      "const [, , rules] = await all;",
      "let [first, , third] = all;",
      "all.map(([name, , id]) => id)",
      "for (const [, , value] of values) {}",
      "function take(\n  [name, , id]: Row,\n  more: string,\n) {}",
    ],
    accepted: ["const [, second] = pair;", "for (const [, rules] of byName) {}", "call([1, 2], { a })"],
  },
  {
    title: "constants are written as all names are",
    under: everywhere,
    // Variables of the environment keep their own names, and so do units such as `MiB`.
    pattern:
      /\b(?:(?:const|let|var|enum|static|readonly)\s+)#?(?!DATABASE_URL\b|HOST\b|URL\b)[A-Z][A-Z0-9_]+\b(?!\s*\()/g,
    remedy: "write it in camelCase, as maxBytes",
    refused: [
      "export const MAX_BYTES = 5;",
      "  const LIMIT = 5;",
      "static readonly MAX = 1;",
      "readonly #MAX_BYTES = 1;",
      "let KB = 1024;",
    ],
    accepted: ["const maxBytes = 5;", "const MiB = 1024 ** 2;", "const Schema = Type.Object({});"],
  },
  {
    title: "bounds are named max or min",
    under: shipped,
    pattern:
      /(?<![\w.])#?(?:most|atMost|upTo|longest|ceiling|cap|(?:longest|most|upper|lower)[A-Z]\w*|(?!default[A-Z]|max[A-Z]|min[A-Z])[a-z]\w*(?:Limit|Bound|Cap|Ceiling|Threshold))\??(?::\s*number\b(?!\[)|(?::\s*number)?\s*=\s*[\d(]+[\d_]*)(?!\s*\|)/g,
    remedy: "begin its name with max or min, and end it with its unit: maxQueueBytes",
    refused: [
      "const longestPlaceholder = 16;",
      "constructor(most: number) {}",
      "readonly #most: number;",
      "const queueLimit = 5_000;",
      "readonly sizeCap?: number;",
    ],
    accepted: [
      "const maxQueueBytes = 5;",
      "limit: number,",
      "const most = values.at(-1);",
      "const defaultPageLimit = 5;",
    ],
  },
  {
    title: "statements stand in storage/ and stats/sql/, and in embedded/ while there is no database yet",
    under: ["collector-receiver/src"],
    except: /\/src\/(?:storage|stats\/sql|embedded)\//,
    // A table of ours after a word of SQL, or a text that begins as a statement of data does. `begin` and `commit` stand
    // where a transaction is composed; an error may tell people to run a statement.
    pattern:
      /\b(?:from|join|into|update|table|only|truncate|copy|lock)\s+(?:public\.)?"?(?:analytics|spanledger)_\w+|(?<!\brun )["'`]\s*(?:select\s+[\w*$"'(]|insert\s+into\s|update\s+\w+\s+set\b|delete\s+from\s|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\b|truncate\s+\w|merge\s+into\s)/gi,
    remedy: "move it into a file of its own in storage/, or in stats/sql/ if it reads for people",
    refused: [
      "await client.query(`select count(*) from ${table}`);",
      'const text = "delete from analytics_events";',
      "`\n  with done as (delete from x returning 1) select 1`",
      "sql += ` left join analytics_sessions using (session_id)`;",
      '"SELECT 1"',
    ],
    accepted: [
      'client.query("commit")',
      '"With the other outcomes it adds up"',
      '"Set MIGRATION_DATABASE_URL"',
      '"create it, then run `select f()`"',
    ],
  },
  {
    title: "days are cut by the receiver's timezone database, not by PostgreSQL's",
    under: ["collector-receiver/src", "dashboards"],
    // The doctor compares the two.
    except: /\/read-local-times\.ts$/,
    pattern: databaseTimezone,
    remedy: "ask spanledger_day_of(timezone, instant) or spanledger_start_of_day(timezone, day)",
    refused: ["(now() at time zone timezone)::date", "select timezone('Asia/Shanghai', now())"],
    accepted: ["(now() at time zone 'UTC')::date", "texts.timezone(zone)"],
  },
];

test.for(rules)("$title", ({ title, under, except, pattern, remedy, refused, accepted }) => {
  expect(refused.filter((text) => !text.match(pattern))).toEqual([]);
  expect(accepted.filter((text) => text.match(pattern))).toEqual([]);
  const files = globSync(
    under.map((folder) => `${folder}/**/*.{ts,mts,cts,js,mjs,cjs}`),
    { cwd: locateInRepository(""), exclude: ["**/node_modules", "**/dist", "test/architecture"] },
  );
  expect(files.length).toBeGreaterThan(300);
  const offences = files
    .filter((file) => except?.test(file) !== true)
    .flatMap((file) => matchesIn(file, pattern).map((place) => `${place}: ${remedy}`));
  expect(offences, title).toEqual([]);
});

test("PostgreSQL's timezone database serves in the schema only where nothing is stored", () => {
  const schema = readFileSync(locateInRepository("migrations/schema.sql"), "utf8").split("\n");
  expect(schema.filter((line) => line.match(databaseTimezone)).map((line) => line.trim())).toEqual([
    "day := at at time zone zone;",
    "return day::timestamp at time zone zone;",
  ]);
});

/** @returns `file:line code` for each match outside of comments */
function matchesIn(file: string, pattern: RegExp): string[] {
  const source = readFileSync(locateInRepository(file), "utf8");
  // Only comments that begin a line: "**/*.ts" in a text begins none.
  const code = source.replace(/^[ \t]*(?:\/\*[^]*?\*\/|\/\/.*$)/gm, (comment) => comment.replace(/[^\n]/g, " "));
  return Array.from(code.matchAll(pattern), (match) => {
    const found = match[0].trim();
    const line = code.slice(0, match.index + match[0].indexOf(found)).split("\n").length;
    return `${file}:${line} ${found.replace(/\s+/g, " ")}`;
  });
}
