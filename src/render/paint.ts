/** Gives a text a colour; where colours are off, the text itself. */
export type Paint = (text: string) => string;
