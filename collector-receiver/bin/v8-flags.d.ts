export const v8Flags: readonly string[];
export const cloneFlags: readonly string[];
