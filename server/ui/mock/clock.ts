/** When the mock was started; all of its times are counted from there. */
export const startedAt = Date.now();
export const ago = (ms: number) => new Date(startedAt - ms).toISOString();
