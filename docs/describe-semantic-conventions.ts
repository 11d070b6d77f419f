import {
  commonAttributes,
  eventCatalogue,
  instrumentationScope,
  maxEventNameLength,
  reservedAttributes,
  tenantAttribute,
  type AttributeDefinition,
} from "../sdk/src/event-catalogue.ts";
import { vocabularies } from "../sdk/src/vocabularies.ts";
import { maxArrayLength, maxStringLength } from "../sdk/src/recording/encode-any-value.ts";

const reservedMeaning: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  [reservedAttributes.eventId]: [
    "A UUID: the identity of the event, and the mark of a business event. The SDK's is a UUIDv7 made from the event's time",
    "事件的 UUID：事件的唯一标识，也是业务事件的标记。SDK 生成由事件时间得出的 UUIDv7",
  ],
  [reservedAttributes.sourceId]: ["Random for each start of an SDK", "SDK 每次启动时随机生成"],
  [reservedAttributes.eventSeq]: [
    "Sequence number within the source, from 1, without gaps",
    "同一来源内的序号，从 1 开始，连续无缺",
  ],
  [reservedAttributes.sourceLastSeq]: [
    "On a carrier without an event: the highest sequence number given out",
    "仅用于不含事件的载体：已发出的最大序号",
  ],
  [reservedAttributes.sourceDropped]: [
    "On a carrier without an event: events that the source dropped or that were refused",
    "仅用于不含事件的载体：来源丢弃或被拒绝的事件数",
  ],
};

/** `docs/semantic-conventions.md`: every event, attribute and rule, from the catalogue. */
export function describeSemanticConventions(): string {
  return `${[
    "# Semantic conventions · 语义约定",
    "<!-- Made by `npm run docs` from sdk/src/event-catalogue.ts; do not edit. -->",
    "Every business event, its attributes, and the rules of the wire. Types, validation and the " +
      "events API read the same catalogue.",
    "所有业务事件及其属性和传输规则。类型、校验和事件接口都读取同一份目录。",
    "## Rules · 规则",
    ...rules().map(([en, zh]) => `- ${en}\n  ${zh}`),
    "## Attributes of every event · 通用属性",
    attributeTable(commonAttributes),
    "## Events · 事件",
    ...Object.entries(eventCatalogue).flatMap(([name, definition]) => [
      `### \`${name}\``,
      `${definition.en}. ${definition.zh}。`,
      attributeTable(definition.attributes),
    ]),
    "## Words · 词表",
    "Words that are usual for an attribute, by what they mean. The SDK's types accept them and `OwnWords`; the receiver " +
      "accepts and stores every other word too. `words` in a `spanledger.config.ts` says what words of your own mean. " +
      "常用词按含义归类；SDK 的类型检查接受这些词和 `OwnWords` 中的词，接收端也接受并保存其他任何词。" +
      "自己的词的含义可在 `spanledger.config.ts` 的 `words` 中说明。",
    ...Object.entries<Readonly<Record<string, readonly string[]>>>(vocabularies).flatMap(([name, meanings]) => [
      `### \`${name}\``,
      table(
        ["meaning · 含义", "words · 词"],
        Object.entries(meanings).map(([meaning, words]) => [
          `\`${meaning}\``,
          words.map((word) => `\`${word}\``).join(" "),
        ]),
      ),
    ]),
    "## Reserved attributes · 保留属性",
    "Set by the SDK (or by whoever emits marked events without it); a product never sets them. " +
      "由 SDK 设置，业务代码不得设置。",
    table(
      ["attribute · 属性", "meaning", "含义"],
      Object.values(reservedAttributes).map((name) => {
        const meaning = reservedMeaning[name];
        if (meaning === undefined) throw new Error(`no meaning is written for ${name}`);
        return [`\`${name}\``, ...meaning];
      }),
    ),
    `Resource attribute · 资源属性: \`${tenantAttribute}\` names the tenant (品牌或站点). ` +
      `Instrumentation scope · 作用域: \`${instrumentationScope}\`.`,
  ].join("\n\n")}\n`.replaceAll(/(- .*\n {2}.*)\n\n(?=- )/g, "$1\n");
}

function rules(): readonly (readonly [string, string])[] {
  return [
    [
      "One OTLP span event (or log record with `EventName`) for each business event, named as below.",
      "每个业务事件对应一个 OTLP span event（或带 `EventName` 的日志记录），名称如下。",
    ],
    [
      "Attributes are flat. `null` and `undefined` mean absent. Attributes outside the catalogue are kept.",
      "属性为扁平结构；`null` 与 `undefined` 表示没有该属性；目录之外的属性原样保留。",
    ],
    [
      "Integral doubles count as integers and integers as doubles. Numeric strings are not numbers.",
      "整数值的浮点数视为整数，整数也可用作浮点数；数字字符串不算数字。",
    ],
    [
      `A name outside the catalogue is a custom event: stored, counted by name, at most ${maxEventNameLength} characters.`,
      `目录之外的名称是自定义事件：入库并按名称计数，最长 ${maxEventNameLength} 个字符。`,
    ],
    [
      `The SDK converts: a Date to ISO 8601 text; a bigint to an integer where it is exact, else to its digits; bytes to base64; a Map to the object of its entries, a Set and a typed array to the list of their elements, an Error to \`name: message\`, a RegExp to its text; objects and mixed arrays to JSON. An object whose \`toJSON\` gives a text, a number or a boolean is that (a URL, an ObjectId). Strings over ${maxStringLength} UTF-16 units are cut and end in "…"; arrays over ${maxArrayLength} elements are cut. Functions, symbols, invalid dates and what JSON refuses are left out and reported.`,
      `SDK 的转换规则：Date 转为 ISO 8601 文本；bigint 能精确表示时转为整数，否则转为十进制文本；字节转为 base64；Map 转为由其条目组成的对象，Set 和类型化数组转为由其元素组成的数组，Error 转为 \`name: message\`，RegExp 转为其文本；对象和混合数组转为 JSON。若对象的 \`toJSON\` 返回文本、数字或布尔值（如 URL、ObjectId），则取该值。超过 ${maxStringLength} 个 UTF-16 单元的字符串被截断并以“…”结尾；超过 ${maxArrayLength} 个元素的数组被截断。函数、symbol、无效日期以及无法转为 JSON 的值不发送，并给出诊断。`,
    ],
    [
      "Required are only the attributes that a counter cannot do without; an event without one of them is kept apart as rejected.",
      "只有计数必不可少的属性才是必填；缺少必填属性的事件记入被拒绝事件表。",
    ],
  ];
}

function attributeTable(attributes: Readonly<Record<string, AttributeDefinition>>): string {
  return table(
    ["attribute · 属性", "type · 类型", "required · 必填", "unit · 单位", "meaning", "含义", "example · 示例"],
    Object.entries(attributes).map(([name, attribute]) => [
      `\`${name}\``,
      describeType(attribute),
      attribute.required === true ? "yes · 是" : "",
      attribute.unit === undefined ? "" : `\`${attribute.unit}\``,
      attribute.en,
      attribute.zh,
      `\`${JSON.stringify(attribute.example)}\``,
    ]),
  );
}

function describeType(attribute: AttributeDefinition): string {
  const { minimum, maximum, maxLength, vocabulary } = attribute;
  const limits: string[] = [];
  if (attribute.int4 === true) limits.push("32 bit");
  if (minimum !== undefined) limits.push(`≥ ${minimum}`);
  if (maximum !== undefined) limits.push(`≤ ${maximum}`);
  if (maxLength !== undefined) limits.push(`≤ ${maxLength} characters`);
  if (vocabulary !== undefined) limits.push(`[words](#${vocabulary})`);
  return [attribute.type, ...limits].join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
