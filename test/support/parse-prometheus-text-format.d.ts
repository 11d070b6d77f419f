declare module "parse-prometheus-text-format" {
  /** Families of samples of a text in Prometheus's format. */
  export default function parse(text: string): unknown[];
}
