interface Lane<Item> {
  readonly items: (Item | undefined)[];
  /** The place of the first one; those before it have left. */
  head: number;
}

/** Places that leave a lane together: moving the rest for each one that leaves would take a long lane's time squared. */
const minLeft = 1024;

/** Items that wait. Their owners take turns, so an owner with many of them delays only its own. */
export class FairLine<Item> {
  /** By owner, in the order in which they get their turns. */
  readonly #lanes = new Map<string, Lane<Item>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What `next` would take. */
  get first(): Item | undefined {
    return this.heads().next().value;
  }

  /** The first item of each owner, the owner whose turn is next first. */
  *heads(): Generator<Item, undefined> {
    for (const { items, head } of this.#lanes.values()) yield items[head]!;
    return undefined;
  }

  push(owner: string, item: Item): void {
    const lane = this.#lanes.get(owner);
    if (lane === undefined) this.#lanes.set(owner, { items: [item], head: 0 });
    else lane.items.push(item);
    this.#length++;
  }

  /** In front of the owner's others. */
  putBack(owner: string, item: Item): void {
    const lane = this.#lanes.get(owner);
    if (lane === undefined) this.#lanes.set(owner, { items: [item], head: 0 });
    else if (lane.head === 0) lane.items.unshift(item);
    else lane.items[--lane.head] = item;
    this.#length++;
  }

  /** The first item of the owner whose turn it is. The owner goes to the end of the line. */
  next(): Item | undefined {
    const { value: first } = this.#lanes.entries().next();
    if (first === undefined) return undefined;
    const [owner, lane] = first;
    const item = lane.items[lane.head]!;
    lane.items[lane.head++] = undefined;
    this.#length--;
    this.#lanes.delete(owner);
    if (lane.head === lane.items.length) return item;
    if (lane.head >= minLeft && lane.head * 2 >= lane.items.length) {
      lane.items.splice(0, lane.head);
      lane.head = 0;
    }
    this.#lanes.set(owner, lane);
    return item;
  }
}
