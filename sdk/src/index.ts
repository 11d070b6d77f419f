export type { AttributesOf, AttributeValue, BusinessEventName, EventCatalogue } from "./event-catalogue.ts";
export { BusinessEventError, type BusinessEventErrorCode } from "./business-event-error.ts";
export type { BusinessEventsOptions } from "./business-events-options.ts";
export type { HttpEventRule, HttpExchange } from "./http-rules.ts";
export type { EventsOf, OwnAttributesOf, OwnEvents } from "./own-events.ts";
export type { PipelineStatus } from "./pipeline.ts";
export type { RecordOptions } from "./recording/event-recorder.ts";
export { recordBusinessEvent, type CustomEventName } from "./record-business-event.ts";
export {
  businessEventsStatus,
  flush,
  shutdown,
  startBusinessEvents,
  type BusinessEvents,
  type EndOptions,
} from "./start-business-events.ts";
export { createBusinessEvents, type BusinessEventsClient } from "./create-business-events.ts";
export type { BeforeSend, PendingEvent } from "./recording/event-shape.ts";
export { withBusinessContext } from "./business-context.ts";
