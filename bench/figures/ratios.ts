/** A figure: one contender's rate as a ratio to another's, measured in the same round. */
export interface RatioFigure {
  readonly id: string;
  readonly title: string;
  readonly of: string;
  readonly to: string;
  readonly per: "events" | "spans";
  readonly goal: number;
}

export const ratioFigures: readonly RatioFigure[] = [
  {
    id: "insert",
    title: "ours, one sender, against one INSERT per event through a pool",
    of: "one-sender",
    to: "insert-each",
    per: "events",
    goal: 8,
  },
  {
    id: "limit-one",
    title: "ours, one sender, against COPY BINARY over one connection",
    of: "one-sender",
    to: "copy-1",
    per: "events",
    goal: 0.75,
  },
  {
    id: "limit-two",
    title: "ours, four senders, against COPY BINARY over two connections",
    of: "four-senders",
    to: "copy-2",
    per: "events",
    goal: 0.6,
  },
  {
    id: "naive",
    title: "ours, four senders, against the naive tracker",
    of: "four-senders",
    to: "naive",
    per: "events",
    goal: 25,
  },
  {
    id: "batched",
    title: "ours, four senders, against the batched tracker",
    of: "four-senders",
    to: "batched",
    per: "events",
    goal: 3,
  },
  {
    id: "duplicates-1",
    title: "1 % duplicates against fresh",
    of: "duplicates-1",
    to: "one-sender",
    per: "events",
    goal: 0.85,
  },
  {
    id: "duplicates-100",
    title: "100 % duplicates against fresh",
    of: "duplicates-100",
    to: "one-sender",
    per: "events",
    goal: 0.8,
  },
  {
    id: "single",
    title: "requests of 1 event, 64 connections, against the naive tracker",
    of: "single",
    to: "naive",
    per: "events",
    goal: 4,
  },
  {
    id: "sparse",
    title: "spans a second at 1 in 20 against 1 in 1",
    of: "sparse",
    to: "one-sender",
    per: "spans",
    goal: 5,
  },
];
