export interface SampleVisit {
  readonly sessionId: string;
  readonly userId: string;
  readonly startMs: number;
}
