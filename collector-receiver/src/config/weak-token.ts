/** Words of examples and first attempts, which are tried first by whoever guesses. */
const guessed = /change-?me|password|secret-?token|my-?token/i;
const minDistinct = 6;

/** @returns why a token is easy to guess; undefined if it is not; the token itself is never in the text */
export function findWeakness(token: string): string | undefined {
  const distinct = new Set(token).size;
  if (distinct < minDistinct) return `has only ${distinct} different characters`;
  if (isRepetition(token)) return "repeats a shorter text";
  if (isSequence(token)) return "is a run of neighbouring characters";
  if (guessed.test(token)) return "contains a word that is guessed first, such as changeme or password";
  return undefined;
}

/** True for `abcabcab`: some shorter text, again and again, the last time perhaps cut. */
function isRepetition(token: string): boolean {
  for (let length = 1; length <= token.length / 2; length++) {
    if (token.slice(length) === token.slice(0, token.length - length)) return true;
  }
  return false;
}

function isSequence(token: string): boolean {
  const step = token.charCodeAt(1) - token.charCodeAt(0);
  if (Math.abs(step) !== 1) return false;
  for (let i = 2; i < token.length; i++) if (token.charCodeAt(i) - token.charCodeAt(i - 1) !== step) return false;
  return true;
}
