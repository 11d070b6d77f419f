import type { Attribute, LogRecord } from "../collector-receiver/mapping/otlp-messages.ts";
import { text } from "../collector-receiver/mapping/otlp-messages.ts";

/** A way to send one event as a log record. */
export interface LogRecordForm {
  readonly title: string;
  /** The record, without its time. */
  readonly record: (name: string, data: Attribute[]) => LogRecord;
}

const payload = (values: Attribute[]) => ({ kvlistValue: { values } });

/** Every form in which a log record is a business event: by its name, and by where its data stand. */
export const logRecordForms: readonly LogRecordForm[] = [
  { title: "EventName", record: (name, data) => ({ eventName: name, attributes: data }) },
  { title: "event.name", record: (name, data) => ({ attributes: [text("event.name", name), ...data] }) },
  { title: "otel.event.name", record: (name, data) => ({ attributes: [...data, text("otel.event.name", name)] }) },
  {
    title: "EventName, and a text as its body",
    record: (name, data) => ({ eventName: name, attributes: data, body: { stringValue: "something happened" } }),
  },
  {
    title: "EventName, payload in the body",
    record: (name, data) => ({ eventName: name, attributes: [], body: payload(data) }),
  },
  {
    title: "event.name, payload in the body",
    record: (name, data) => ({ attributes: [text("event.name", name)], body: payload(data) }),
  },
  {
    title: "otel.event.name, payload in the body",
    record: (name, data) => ({ attributes: [text("otel.event.name", name)], body: payload(data) }),
  },
];
