/**
 * Usual values of the attributes by which figures are split, each with the words for it. They are compared as words of the
 * vocabularies are. A product declares further ones in `spanledger.config`.
 */
export const usualValues = {
  site: {
    ...same("ae ar at au be br ca ch cl cn co cz de dk eg es fi fr gr hk hu id ie il in it jp kr kw mx my nl no nz"),
    ...same("pe ph pl pt qa ro ru sa se sg th tr tw ua us vn za"),
    uk: ["uk", "gb"],
    eu: ["eu"],
  },
  carrier: {
    ...same(
      "amazon aramex canadapost chronopost colissimo correos dhl dpd evri fedex gls hermes inpost ninjavan ontrac",
    ),
    ...same("postnl royalmail singpost tnt ups usps yunexpress cainiao"),
    "4px": ["4px", "递四方"],
    yanwen: ["yanwen", "燕文"],
    sf: ["sf", "sfexpress", "顺丰"],
    yto: ["yto", "圆通"],
    zto: ["zto", "中通"],
    sto: ["sto", "申通"],
    yunda: ["yunda", "韵达"],
    jd: ["jd", "jdl", "京东"],
    jtexpress: ["jtexpress", "j&t", "jt", "极兔"],
    ems: ["ems", "邮政"],
  },
  source: {
    chat: ["chat", "livechat", "会话", "在线客服"],
    ai: ["ai", "bot", "chatbot", "机器人"],
    agent: ["agent", "manual", "坐席", "人工"],
    email: ["email", "邮件"],
    phone: ["phone", "call", "电话"],
    web: ["web", "form", "webform", "网页", "表单"],
    app: ["app"],
    api: ["api"],
    wechat: ["wechat", "weixin", "微信"],
    social: ["social"],
  },
  type: {
    inquiry: ["inquiry", "question", "咨询"],
    order: ["order", "订单"],
    shipping: ["shipping", "delivery", "logistics", "物流"],
    refund: ["refund", "退款"],
    return: ["return", "退货"],
    exchange: ["exchange", "换货"],
    complaint: ["complaint", "投诉"],
    payment: ["payment", "billing", "支付", "付款"],
    account: ["account", "账号", "账户"],
    technical: ["technical", "incident", "problem", "技术"],
    after_sales: ["aftersales", "aftersale", "售后"],
    feedback: ["feedback", "suggestion", "建议"],
  },
  priority: {
    low: ["low", "低"],
    normal: ["normal", "medium", "普通", "中"],
    high: ["high", "高"],
    urgent: ["urgent", "critical", "紧急"],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>;

function same(words: string): Record<string, readonly string[]> {
  return Object.fromEntries(words.split(" ").map((word) => [word, [word]]));
}
