/**
 * A body being walked. It stops where the walk may pause: after every `stretchBytes`, about a millisecond at the most. Other
 * bodies may be walked meanwhile.
 */
export type Walk = Generator<undefined, void, undefined>;

export const stretchBytes = 32 * 1024;

/**
 * An element that is longer is itself read in pieces of this size. Shorter ones, which are almost all, take one comparison.
 */
export const pieceBytes = 256 * 1024;

/**
 * The attributes of one event (or resource) that are read; more are passed over, see `AttributeVisitor.tooLarge`. The largest
 * valid event needs less: 64 KiB of data are at most 557 KiB of compact JSON.
 */
export const maxAttributesBytes = 640 * 1024;

/** A log record's body has one field. If it has more than this, nobody looks for a payload among them. */
export const maxBodyFields = 100;
