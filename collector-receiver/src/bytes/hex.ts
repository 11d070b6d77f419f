import "./buffer-slices.ts";

/** Hex digits by their value. */
export const hexDigits = Buffer.from("0123456789abcdef");

/** Value of a hex digit by its byte; 255 for any other byte. */
export const hexValue = new Uint8Array(256).fill(255);
for (const [value, digit] of hexDigits.entries()) {
  hexValue[digit] = value;
  hexValue[String.fromCharCode(digit).toUpperCase().charCodeAt(0)] = value;
}
