/**
 * A body being walked. It stops where the walk may pause: after every `stretchBytes`, about a millisecond at the most. Other
 * bodies may be walked meanwhile.
 */
export type Walk = Generator<undefined, void, undefined>;

export const stretchBytes = 32 * 1024;
