import type { BusinessEvent } from "../../mapping/business-event.ts";
import type { BatchColumn } from "../wire/batch-columns.ts";
import { eventIdArray } from "../wire/binary-array.ts";

/** The events' ids, from the bytes that mapping has written. */
export const eventIdColumn: BatchColumn<BusinessEvent> = { type: "uuid", arrayOf: eventIdArray };
