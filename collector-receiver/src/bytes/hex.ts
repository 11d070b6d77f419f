import "./buffer-slices.ts";

/** Hex digits by their value. */
export const hexDigits = Buffer.from("0123456789abcdef");

/** Value of a hex digit by its byte; 255 for any other byte. */
export const hexValue = new Uint8Array(256).fill(255);
for (const [value, digit] of hexDigits.entries()) {
  hexValue[digit] = value;
  hexValue[String.fromCharCode(digit).toUpperCase().charCodeAt(0)] = value;
}

/** What two hex digits are, by their two bytes, the first in the upper one; -1 for any other two bytes. */
export const hexPairValue = new Int16Array(0x1_0000);
for (let pair = 0; pair < hexPairValue.length; pair++) {
  const high = hexValue[pair >> 8]!;
  const low = hexValue[pair & 255]!;
  hexPairValue[pair] = high === 255 || low === 255 ? -1 : (high << 4) | low;
}

/** Two hex digits by the byte's value, the first in the lower byte. */
const hexPairs = new Uint16Array(256);
for (let value = 0; value < 256; value++) hexPairs[value] = hexDigits[value >> 4]! | (hexDigits[value & 15]! << 8);

/** Writes `length` bytes, an even number, as hex digits. @returns the position behind them */
export function writeHex(view: DataView, pos: number, bytes: DataView, start: number, length: number): number {
  for (let i = 0; i < length; i += 2, pos += 4) {
    const pair = bytes.getUint16(start + i);
    view.setInt32(pos, hexPairs[pair >> 8]! | (hexPairs[pair & 255]! << 16), true);
  }
  return pos;
}
