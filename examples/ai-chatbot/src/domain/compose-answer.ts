import type { Order } from "./order-store.ts";
import type { ParcelStatus } from "./parcel-tracking.ts";
import type { Topic } from "./understand-message.ts";

type Language = "zh" | "en";

/** Chinese if the message has a Chinese character, else English. */
export function languageOf(message: string): Language {
  return /\p{Script=Han}/u.test(message) ? "zh" : "en";
}

const topicAnswers: Record<Topic, Record<Language, string>> = {
  greeting: {
    zh: "您好！我可以帮您查询订单、物流，或解答退换货、保修和电池方面的问题。",
    en: "Hello! I can look up orders and parcels, or help with returns, warranty and batteries.",
  },
  shipping: {
    zh: "欧洲仓发货一般 3 到 7 个工作日送达，满 50 欧元免运费。",
    en: "Orders from our European warehouse arrive within 3 to 7 working days; shipping is free above €50.",
  },
  returns: {
    zh: "签收后 14 天内可以无理由退货，请保持包装完好。需要我为您登记吗？",
    en: "You can return an unused bike within 14 days of delivery, in its box. Shall I register a return?",
  },
  warranty: {
    zh: "车架质保两年，电机和电池质保一年。请提供订单号，我来核对保修期。",
    en: "The frame has a two-year warranty, motor and battery one year. Tell me your order number and I will check.",
  },
  battery: {
    zh: "请每月至少充电一次，避免在零度以下充电；标准续航为 60 到 120 公里。",
    en: "Charge at least once a month and never below freezing; the usual range is 60 to 120 km.",
  },
  payment: {
    zh: "我们支持信用卡、PayPal 和 Klarna，发票会随发货邮件一起寄出。",
    en: "We take cards, PayPal and Klarna; the invoice comes with the shipping mail.",
  },
  thanks: { zh: "不客气，祝您骑行愉快！", en: "You are welcome, enjoy the ride!" },
};

/** What a model is told before each message: how to answer, and what the shop knows. The same each time, so that it is cached. */
export const shopKnowledge = `You answer the customers of a shop for electric bikes. Answer in the language of the customer, in one or two
sentences, and say nothing that the facts do not say. The shop's usual answers: ${JSON.stringify(topicAnswers)}`;

const orderStatus: Record<Order["status"], Record<Language, string>> = {
  paid: { zh: "已付款，等待备货", en: "is paid and waits to be packed" },
  packed: { zh: "已打包，即将发出", en: "is packed and leaves soon" },
  shipped: { zh: "已发货", en: "has been shipped" },
  delivered: { zh: "已签收", en: "has been delivered" },
};

const parcelStatus: Record<ParcelStatus["status"], Record<Language, string>> = {
  info_received: { zh: "承运商已收到信息", en: "the carrier has the information" },
  in_transit: { zh: "运输途中", en: "is in transit" },
  out_for_delivery: { zh: "正在派送", en: "is out for delivery" },
  delivered: { zh: "已签收", en: "has been delivered" },
  exception: { zh: "运输异常，我们已通知承运商", en: "has an exception; we have told the carrier" },
  not_found: { zh: "暂时查不到", en: "cannot be found yet" },
};

export const composeTopicAnswer = (topic: Topic, language: Language): string => topicAnswers[topic][language];

export function composeOrderAnswer(orderNumber: string, order: Order | null, language: Language): string {
  if (order === null) {
    return language === "zh"
      ? `没有找到订单 ${orderNumber}，请核对订单号。`
      : `I cannot find order ${orderNumber}; please check the number.`;
  }
  const tracking = order.trackingNumber === null ? "" : ` ${order.trackingNumber}`;
  return language === "zh"
    ? `订单 ${orderNumber}（${order.item}）${orderStatus[order.status].zh}${tracking}。`
    : `Order ${orderNumber} (${order.item}) ${orderStatus[order.status].en}${tracking}.`;
}

export const composeShopDownAnswer = (orderNumber: string, language: Language): string =>
  language === "zh"
    ? `订单系统暂时没有响应，请稍后再查 ${orderNumber}。`
    : `The order system does not answer right now; please try ${orderNumber} again later.`;

export const composeParcelAnswer = (parcel: ParcelStatus, language: Language): string =>
  language === "zh"
    ? `包裹 ${parcel.trackingNumber}：${parcelStatus[parcel.status].zh}。`
    : `Parcel ${parcel.trackingNumber} ${parcelStatus[parcel.status].en}.`;

export const composeUnclearAnswer = (language: Language): string =>
  language === "zh"
    ? "抱歉，我没有理解您的问题，可以换一种说法，或提供订单号吗？"
    : "Sorry, I did not understand. Could you put it differently, or give me an order number?";

export const composeEscalationAnswer = (language: Language): string =>
  language === "zh" ? "正在为您转接人工客服，请稍候。" : "I am connecting you with a colleague, one moment please.";

export const composeWaitingAnswer = (language: Language): string =>
  language === "zh" ? "人工客服正在处理您的问题。" : "A colleague is taking care of your question.";
