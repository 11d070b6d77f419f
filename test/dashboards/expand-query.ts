/**
 * What Grafana does to a query before PostgreSQL sees it: variables in the browser, then macros in the backend.
 * Written from its behaviour (packages/grafana-sql, and the macro engine of the PostgreSQL datasource), traps
 * included: a macro ends at its first closing parenthesis, and arguments are cut at every comma.
 */

export interface BoardVariable {
  readonly value: string | readonly string[];
  /** `multi` or `includeAll` of the variable: then values come quoted. */
  readonly multiple?: boolean;
}

export interface QueryRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** What Grafana would take for a point's width. Default: a day. */
  readonly intervalMs?: number;
}

export class MacroError extends Error {
  override readonly name = "MacroError";
}

/** The browser's part: `$name`, `${name}`, `${name:format}` and `[[name]]`; what is not a variable stays as it is. */
export function interpolateVariables(sql: string, variables: Readonly<Record<string, BoardVariable>>): string {
  const pattern = /\$(\w+)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:^}]+)?(?::[^}]+)?\}/g;
  return sql.replace(pattern, (written, plain?: string, square?: string, braced?: string) => {
    const variable = variables[plain ?? square ?? braced ?? ""];
    if (variable === undefined) return written;
    const doubled = (text: string): string => text.replaceAll("'", "''");
    if (typeof variable.value !== "string") return variable.value.map((text) => `'${doubled(text)}'`).join(",");
    return variable.multiple === true ? `'${doubled(variable.value)}'` : doubled(variable.value);
  });
}

/**
 * The backend's part.
 * @throws MacroError if Grafana would refuse the query
 */
export function expandMacros(sql: string, range: QueryRange): string {
  const intervalMs = range.intervalMs ?? 86_400_000;
  // Plain replacements come first, everywhere, in comments and literals too; the longer name before its prefix.
  const replaced = sql
    .replaceAll("$__interval_ms", String(intervalMs))
    .replaceAll("$__interval", formatInterval(intervalMs))
    .replaceAll("$__unixEpochFrom()", String(seconds(range.fromMs)))
    .replaceAll("$__unixEpochTo()", String(seconds(range.toMs)));
  const stripped = stripComments(replaced);
  return stripped.replace(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (call: string, name: string, list: string) => {
    const args = list.split(",").map((arg) => arg.replace(/^ +| +$/g, ""));
    // The old way to write a time column: a comma right after the (first such) call asks for its alias.
    const follows = stripped[stripped.indexOf(call) + call.length];
    return evaluateMacro(name === "__timeGroup" && follows === "," ? "__timeGroupAlias" : name, args, range);
  });
}

function evaluateMacro(name: string, args: readonly string[], range: QueryRange): string {
  const [column = ""] = args;
  switch (name) {
    case "__time":
      return `${column} AS "time"`;
    case "__timeEpoch":
      return `extract(epoch from ${column}) as "time"`;
    case "__timeFilter":
      return `${column} BETWEEN '${instant(range.fromMs)}' AND '${instant(range.toMs)}'`;
    case "__timeFrom":
      return `'${instant(range.fromMs)}'`;
    case "__timeTo":
      return `'${instant(range.toMs)}'`;
    case "__timeGroup": {
      const width = intervalSeconds(name, args);
      return `floor(extract(epoch from ${column})/${width})*${width}`;
    }
    case "__timeGroupAlias":
      return `${evaluateMacro("__timeGroup", args, range)} AS "time"`;
    case "__unixEpochFilter":
      return `${column} >= ${seconds(range.fromMs)} AND ${column} <= ${seconds(range.toMs)}`;
    case "__unixEpochNanoFilter":
      return `${column} >= ${nanoseconds(range.fromMs)} AND ${column} <= ${nanoseconds(range.toMs)}`;
    case "__unixEpochNanoFrom":
      return String(nanoseconds(range.fromMs));
    case "__unixEpochNanoTo":
      return String(nanoseconds(range.toMs));
    case "__unixEpochGroup": {
      const width = intervalSeconds(name, args);
      return `floor((${column})/${width})*${width}`;
    }
    case "__unixEpochGroupAlias":
      return `${evaluateMacro("__unixEpochGroup", args, range)} AS "time"`;
    default:
      throw new MacroError(`unknown macro "${name}"`);
  }
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function intervalSeconds(macro: string, args: readonly string[]): number {
  if (args.length < 2) {
    throw new MacroError(`macro ${macro} needs time column and interval and optional fill value`);
  }
  const text = (args[1] as string).replace(/^'+|'+$/g, "");
  const match = /^(\d+)(ms|s|m|h|d|w)$/.exec(text);
  if (match === null) throw new MacroError(`error parsing interval ${args[1]}`);
  return Number(match[1]) * (units[match[2] as string] as number);
}

/** RFC 3339 in UTC, a fraction only if there is one, without trailing zeros. */
function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const nanoseconds = (ms: number): bigint => BigInt(ms) * 1_000_000n;

function formatInterval(ms: number): string {
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const) {
    if (ms >= size) return `${Math.floor(ms / size)}${unit}`;
  }
  return `${ms}ms`;
}

/** Comments out, but not from within literals, quoted names and dollar quotes. */
export function stripComments(sql: string): string {
  const token = /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$([A-Za-z_]\w*)?\$|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
  let out = "";
  let at = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    out += sql.slice(at, match.index);
    at = token.lastIndex;
    const text = match[0];
    if (text.startsWith("--") || text.startsWith("/*")) continue;
    if (text.startsWith("$")) {
      const end = sql.indexOf(text, at);
      at = end < 0 ? sql.length : end + text.length;
      token.lastIndex = at;
      out += sql.slice(match.index, at);
      continue;
    }
    out += text;
  }
  return out + sql.slice(at);
}
