export type MetricUnit = "count" | "percent" | "currency" | "ratio" | "ms" | "s" | "min" | "h";
