import { CodeNames, pascalCase, snakeCase } from "./code-names.ts";
import { describeAttribute, oneLine, wrapText } from "./describe-attribute.ts";
import type { TypedAttribute, TypedEvent, TypedEvents, WordList } from "./typed-events.ts";

/** The reserved words of Python's reference, 2.3.1. Soft ones (`match`, `type`) may be names. */
const keywords = (
  "False None True and as assert async await break class continue def del elif else except finally for from global if " +
  "import in is lambda nonlocal not or pass raise return try while with yield"
).split(" ");
/** mypy takes a method of this name for the type in the annotations of its class. */
const usedTypes = ["str", "bool", "int", "float"];
const usedNames = ["Value", "OtherWord", "Recorder", "BusinessEventFunctions", "Mapping", "Literal", "NewType"];

const types = { string: "str", int: "int", double: "float", boolean: "bool" } as const;

/**
 * Writes a module of Python 3.10 with one function an event, for mypy and pyright.
 * @param events the catalogue, and the own events of a config
 */
export function writePython({ events, lists }: TypedEvents): string {
  const typeNames = new CodeNames([...keywords, ...usedNames, "Protocol", "TypeAlias"]);
  const listNames = new Map(lists.map(({ key }) => [key, typeNames.take(pascalCase(key))]));
  const functionNames = new CodeNames([...keywords, ...usedTypes, "record_business_event"]);
  const functions = events.map((event) => writeFunction(event, functionNames.take(snakeCase(event.name)), listNames));
  return [header, ...lists.map((list) => writeList(list, listNames.get(list.key)!)), classHead, ...functions].join("");
}

const header = `"""Spanledger's business events as typed functions.

Made by \`spanledger generate python\`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NewType, Protocol, TypeAlias

Value: TypeAlias = "str | bool | int | float"

OtherWord = NewType("OtherWord", str)
"""A word outside of an attribute's list, for example from a variable: OtherWord(channel). It is stored as it is."""


class Recorder(Protocol):
    """Records one event, for example \`BusinessEvents\` of Spanledger's example in Python."""

    def record(
        self,
        name: str,
        attributes: Mapping[str, Value | None],
        *,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None: ...

`;

const classHead = `

class BusinessEventFunctions:
    """One function an event. An attribute that is None is absent.

    \`key\` names the event in the product: recorded again for the same key, it counts once. It needs the time.
    \`occurred_at_ns\` is the time at which it happened, in nanoseconds since 1970; now if it is None.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def record_business_event(
        self,
        name: str,
        attributes: Mapping[str, Value | None],
        *,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """Records an event of any name, with attributes that nothing checks."""
        self._recorder.record(name, attributes, key=key, occurred_at_ns=occurred_at_ns)
`;

function writeList({ words }: WordList, name: string): string {
  return `\n${name}: TypeAlias = Literal[\n${words.map((word) => `    ${quote(word)},\n`).join("")}]\n`;
}

function writeFunction(event: TypedEvent, name: string, listNames: ReadonlyMap<string, string>): string {
  const parameterNames = new CodeNames([...keywords, "self", "key", "occurred_at_ns"]);
  const parameters = event.attributes.map((attribute) => ({
    attribute,
    parameter: parameterNames.take(attribute.name.replaceAll(/[^A-Za-z0-9_]/g, "_")),
  }));
  const lines = [
    "",
    `    def ${name}(`,
    "        self,",
    "        *,",
    ...parameters.map(({ attribute, parameter }) => `        ${parameter}: ${annotate(attribute, listNames)},`),
    "        key: str | None = None,",
    "        occurred_at_ns: int | None = None,",
    "    ) -> None:",
    ...wrapText(`${inDocstring(event.meaning)}.`, `        """`, "        "),
    "",
    ...parameters.flatMap(({ attribute, parameter }) =>
      wrapText(inDocstring(describeAttribute(attribute)), `        ${parameter}: `, "            "),
    ),
    `        """`,
    "        self._recorder.record(",
    `            ${quote(event.name)},`,
    "            {",
    ...parameters.map(({ attribute, parameter }) => `                ${quote(attribute.name)}: ${parameter},`),
    "            },",
    "            key=key,",
    "            occurred_at_ns=occurred_at_ns,",
    "        )",
  ];
  return `${lines.join("\n")}\n`;
}

function annotate({ type, required, list }: TypedAttribute, listNames: ReadonlyMap<string, string>): string {
  const words = list === undefined ? undefined : listNames.get(list);
  const plain = words === undefined ? types[type] : `${words} | OtherWord`;
  return required ? plain : `${plain} | None = None`;
}

/** JSON's texts are Python's, if no surrogate stands alone. */
const quote = (text: string): string => JSON.stringify(text.toWellFormed());

function inDocstring(text: string): string {
  return oneLine(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
