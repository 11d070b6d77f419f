/** What was made of the key that was asked for last: requests come from one service after the other. */
export class LastValue<Key, Value> {
  #key: Key | undefined;
  #value: Value | undefined;
  readonly #make: (key: Key) => Value;

  constructor(make: (key: Key) => Value) {
    this.#make = make;
  }

  of(key: Key): Value {
    if (key !== this.#key || this.#value === undefined) {
      this.#value = this.#make(key);
      this.#key = key;
    }
    return this.#value;
  }
}
