/** What a thread is sent. */
export type ThreadRequest<Question> =
  | { readonly id: number; readonly question: Question }
  | { readonly told: string }
  | { readonly ends: true };

/** What a thread sends: the answer to a question, why there is none, or a note that nobody asked for. */
export type ThreadMessage<Answer, Note> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly problem: string }
  | { readonly note: Note };
