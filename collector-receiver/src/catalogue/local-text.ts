export interface LocalText {
  readonly en: string;
  readonly zh: string;
}
