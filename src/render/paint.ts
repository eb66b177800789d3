/** Colours a text. If colours are off, it returns the text unchanged. */
export type Paint = (text: string) => string;
