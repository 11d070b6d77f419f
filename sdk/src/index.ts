export type { AttributesOf, AttributeValue, BusinessEventName, EventCatalogue } from "./event-catalogue.ts";
export { BusinessEventError, type BusinessEventErrorCode } from "./business-event-error.ts";
export type { BusinessEventsOptions } from "./business-events-options.ts";
export type { HttpEventRule, HttpExchange } from "./http-rules.ts";
export { custom, type CustomEventName } from "./custom-event.ts";
export type { KnownEventName } from "./checked-attributes.ts";
export type { EventsOf, OwnAttributesOf } from "./own-attributes.ts";
export type { OwnEvents, OwnWords } from "./own-events.ts";
export type { PipelineStatus } from "./pipeline-status.ts";
export type { RecordOptions } from "./recording/event-recorder.ts";
export { recordBusinessEvent } from "./record-business-event.ts";
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
export type { VocabularyName, Word } from "./vocabularies.ts";
export { withBusinessContext } from "./business-context.ts";
