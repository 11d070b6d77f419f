/**
 * The closed list of what the ledger of data quality counts. It stands in `analytics_data_quality.code`, in the API, on the
 * page and in the documentation.
 */
export interface QualityCodeDefinition {
  readonly kind: QualityKind;
  /** What was found, and what the figures make of it. */
  readonly en: string;
  readonly zh: string;
  /** What to do about it. */
  readonly enAction: string;
  readonly zhAction: string;
}

/** The groups of the codes, in the order in which people read them. */
export const qualityKinds = {
  rejection: { en: "Rejected events", zh: "被拒绝的事件" },
  invalid_value: { en: "Invalid values", zh: "无效的值" },
  contradiction: { en: "Contradictions", zh: "相互矛盾的数据" },
  unknown_word: { en: "Unknown words", zh: "未知的词" },
  placeholder: { en: "Placeholders for customers", zh: "客户编号为占位符" },
  derived_id: { en: "Derived ids", zh: "推导的事件编号" },
} as const satisfies Record<string, { readonly en: string; readonly zh: string }>;

export type QualityKind = keyof typeof qualityKinds;

const leftOut = {
  kind: "invalid_value",
  enAction: "Send the type, range and unit that the catalogue names, or leave the attribute out.",
  zhAction: "按目录规定的类型、范围和单位发送；不知道时不要发送该属性。",
} as const;

export const qualityCodes = {
  rejected: {
    kind: "rejection",
    en: "The event is kept with its reason and counts nowhere.",
    zh: "事件连同原因被保留，不计入任何数字。",
    enAction: "Mend the cause, then run `spanledger replay`.",
    zhAction: "排除原因后运行 `spanledger replay`。",
  },
  wrong_type: {
    ...leftOut,
    en: "The value has another type than in the catalogue. The event counts without it.",
    zh: "值的类型与目录不符；事件照常计数，该值不计。",
  },
  out_of_range: {
    ...leftOut,
    en: "The number is below the minimum or above the maximum. The event counts without it.",
    zh: "数值低于下限或高于上限；事件照常计数，该值不计。",
  },
  not_finite: {
    ...leftOut,
    en: "The number is NaN or infinite. The event counts without it.",
    zh: "数值为 NaN 或无穷大；事件照常计数，该值不计。",
  },
  value_too_long: {
    ...leftOut,
    en: "The text is longer than the catalogue allows. The event counts without it.",
    zh: "文本超过目录允许的长度；事件照常计数，该值不计。",
  },
  attribute_too_large: {
    ...leftOut,
    en: "The value has more bytes than any attribute may have. The event counts without it.",
    zh: "值的字节数超过单个属性的上限；事件照常计数，该值不计。",
    enAction: "Send a reference to the content instead of the content.",
    zhAction: "请发送内容的引用，而不是内容本身。",
  },
  nested_too_deeply: {
    ...leftOut,
    en: "Lists and maps are nested more deeply than is stored. The event counts without the value.",
    zh: "列表和映射的嵌套层数超过可存储的上限；事件照常计数，该值不计。",
    enAction: "Send flat attributes.",
    zhAction: "请发送扁平的属性。",
  },
  nul_character: {
    ...leftOut,
    en: "The text contains U+0000, which PostgreSQL cannot store. The event counts without it.",
    zh: "文本含有 PostgreSQL 无法存储的 U+0000；事件照常计数，该值不计。",
  },
  invalid_unicode: {
    ...leftOut,
    en: "The text is not valid Unicode. The event counts without it.",
    zh: "文本不是有效的 Unicode；事件照常计数，该值不计。",
  },
  contradicting_durations: {
    kind: "contradiction",
    en: "Two durations contradict each other. The first token came after the end of the answer, or a ticket's resolution_duration_hours, or the handle_duration_seconds of a release, is more than ten times and ten minutes off the time that it should be: from the ticket's creation to its only close, or from the only takeover to the only release of the session. All count as they were sent.",
    zh: "两个时长相互矛盾：首个字晚于回答结束，或工单的 resolution_duration_hours 与从创建到唯一一次关闭的时间、或释放会话的 handle_duration_seconds 与从唯一一次接管到唯一一次释放的时间相差十倍以上且超过十分钟；都按发送的值计数。",
    enAction:
      "Measure both from the request, so that first_token_ms is at most response_time_ms. Send hours in resolution_duration_hours and seconds in handle_duration_seconds, not another unit.",
    zhAction:
      "两者都从收到请求起计时，first_token_ms 不应大于 response_time_ms；resolution_duration_hours 的单位是小时，handle_duration_seconds 的单位是秒，请勿发送其他单位。",
  },
  contradicting_end: {
    kind: "contradiction",
    en: "The end says one thing by `resolved` and another by its reason. `resolved` counts.",
    zh: "会话结束的 `resolved` 与结束原因相互矛盾；以 `resolved` 为准。",
    enAction: "Send one of them, or make them agree.",
    zhAction: "只发送其中一个，或使两者一致。",
  },
  closed_again: {
    kind: "contradiction",
    en: "The ticket was closed the same way already, and not reopened in between. It counts as resolved once.",
    zh: "工单此前已用同样方式关闭，其间没有重开；只计一次解决。",
    enAction: "Record a close once: look for double clicks, and for automatic closes of closed tickets.",
    zhAction: "每次关闭只记录一次：请检查重复点击，以及对已关闭工单的自动关闭。",
  },
  cache_unclear: {
    kind: "contradiction",
    en: "A call of a model says more tokens of a cache than of input, or its span does not tell whether the input includes them. It counts as if it did, so its cost is a lower bound.",
    zh: "一次模型调用的缓存 Token 多于输入 Token，或无法判断输入是否包含缓存；按包含计，费用为下限。",
    enAction: "Send all input as input_tokens: cached_input_tokens and cache_write_tokens are parts of it.",
    zhAction: "input_tokens 应包含全部输入；cached_input_tokens 与 cache_write_tokens 是其中的一部分。",
  },
  unknown_word: {
    kind: "unknown_word",
    en: "No list knows the word, so it has no meaning: a role counts as the customer's, a reason as assumed, a status as away or open.",
    zh: "词表中没有该词，无法判断其含义：角色按客户计，结束原因按推定计，状态按离开或未结计。",
    enAction:
      "Send a word of the catalogue, or say in `words` of spanledger.config.ts what it means and run `spanledger rebuild`.",
    zhAction: "请发送目录中的词，或在 spanledger.config.ts 的 `words` 中说明其含义，再运行 `spanledger rebuild`。",
  },
  placeholder: {
    kind: "placeholder",
    en: "The customer's id stands for nobody (empty, null, anonymous, 0, …). The conversation counts, the customer does not.",
    zh: "客户编号不代表任何人（空、null、anonymous、0 等）；会话计数，客户不计数。",
    enAction: "Leave user_id out where the customer is not known.",
    zhAction: "不知道客户时不要发送 user_id。",
  },
  derived_id: {
    kind: "derived_id",
    en: "The event came without an id, so one was derived from what it says. A retry that changes anything counts twice.",
    zh: "事件没有编号，由其内容推导；重试时内容若有变化会重复计数。",
    enAction: "Record it with the SDK, or set `spanledger.event.id` to a UUID.",
    zhAction: "请用 SDK 记录，或将 `spanledger.event.id` 设为 UUID。",
  },
} as const satisfies Record<string, QualityCodeDefinition>;

export type QualityCode = keyof typeof qualityCodes;
export const qualityCodeNames = Object.keys(qualityCodes) as QualityCode[];
