import { stripTypeScriptTypes } from "node:module";
import type { AnyNode, Expression, ObjectExpression, Program, Property, SpreadElement } from "acorn";

/** Lines of a source file (from 1) by the path of a key in what it exports by default. */
export class KeyLines {
  readonly #lines = new Map<string, number>();

  add(path: readonly string[], line: number): void {
    this.#lines.set(JSON.stringify(path), line);
  }

  /** @returns the line of a key, or of the nearest key around it that has one; undefined if there is none */
  lineOf(path: readonly string[]): number | undefined {
    for (let length = path.length; length >= 0; length--) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  }
}

/**
 * Finds where the keys of a config file stand, so that a problem can be named with its line. Follows object literals,
 * constants of the file, spreads of both, and the first argument of a call such as `defineSpanledger`. Anything else has
 * no line.
 * @param source TypeScript or JavaScript
 */
export async function locateKeys(source: string): Promise<KeyLines> {
  const lines = new KeyLines();
  const program = await parseModule(source);
  const exported = program && findDefaultExport(program);
  if (exported !== undefined) {
    lines.add([], exported.loc?.start.line ?? 1);
    new KeyWalk(program as Program, lines).follow(exported, []);
  }
  return lines;
}

/** @returns undefined if the text can't be parsed */
async function parseModule(source: string): Promise<Program | undefined> {
  // Loaded only if a file has a problem.
  const { parse } = await import("acorn");
  for (const read of [() => source, () => stripTypes(source)]) {
    try {
      return parse(read(), { ecmaVersion: "latest", sourceType: "module", locations: true, allowHashBang: true });
    } catch {
      // The first attempt fails on TypeScript's syntax. If the second fails too, problems have no lines.
    }
  }
  return undefined;
}

/** Replaces types with blanks, so that lines stay. Node calls the function experimental each time; a reader has no use for that. */
function stripTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function findDefaultExport(program: Program): AnyNode | undefined {
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") return statement.declaration;
    if (statement.type !== "ExportNamedDeclaration" || statement.source != null) continue;
    const specifier = statement.specifiers.find(({ exported }) => nameOf(exported) === "default");
    if (specifier !== undefined) return specifier.local;
  }
  return undefined;
}

class KeyWalk {
  readonly #constants = new Map<string, Expression>();
  readonly #lines: KeyLines;
  /** A constant may stand in itself only if the file does not run; this ends it all the same. */
  readonly #following = new Set<AnyNode>();

  constructor(program: Program, lines: KeyLines) {
    this.#lines = lines;
    for (const statement of program.body) {
      const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") continue;
      for (const { id, init } of declaration.declarations) {
        if (id.type === "Identifier" && init != null) this.#constants.set(id.name, init);
      }
    }
  }

  follow(node: AnyNode, path: readonly string[]): void {
    if (this.#following.has(node)) return;
    this.#following.add(node);
    if (node.type === "ObjectExpression") this.#readObject(node, path);
    else if (node.type === "CallExpression" && node.arguments[0] !== undefined) this.follow(node.arguments[0], path);
    else if (node.type === "Identifier") {
      const value = this.#constants.get(node.name);
      if (value !== undefined) this.follow(value, path);
    }
    this.#following.delete(node);
  }

  #readObject(node: ObjectExpression, path: readonly string[]): void {
    for (const property of node.properties) this.#readProperty(property, path);
  }

  #readProperty(property: Property | SpreadElement, path: readonly string[]): void {
    if (property.type === "SpreadElement") {
      this.follow(property.argument, path);
      return;
    }
    const { key, computed, value, loc } = property;
    const name = computed && key.type !== "Literal" ? undefined : nameOf(key);
    if (name === undefined) return;
    this.#lines.add([...path, name], loc?.start.line ?? 1);
    this.follow(value, [...path, name]);
  }
}

function nameOf(node: AnyNode): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" ? String(node.value) : undefined;
}
