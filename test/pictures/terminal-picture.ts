import { displayWidth } from "../../src/render/width.ts";
import { Drawing, type Piece } from "./svg.ts";

const COLUMN = 7.8;
const LINE = 19;
const MARGIN = 16;

/** Text of a terminal, with its colours as escapes, as a picture. @param columns the width of the terminal */
export function terminalPicture(title: string, screen: string, columns: number): string {
  const drawing = new Drawing(title);
  const lines = screen.trimEnd().split("\n");
  const [width, height] = [columns * COLUMN + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
  drawing.box(0.5, 0.5, { width: width - 1, height: height - 1 }, "page");
  lines.forEach((line, index) => drawing.line(MARGIN + index * LINE + 14, piecesOf(line)));
  return drawing.svg(width, height);
}

/** The escapes that the program prints, with their classes of {@link Drawing}. */
const COLORS: Readonly<Record<string, string>> = {
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "35": "red",
  "36": "cyan",
  "39": "plain",
};

function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let [column, color, isBold] = [0, "plain", false];
  for (const [index, part] of line.split("\u001B[").entries()) {
    // Each part except the first begins with the codes of its escape.
    const end = index === 0 ? -1 : part.indexOf("m");
    for (const code of end === -1 ? [] : part.slice(0, end).split(";")) {
      if (code === "1") isBold = true;
      else if (code === "0" || code === "22") [color, isBold] = ["plain", false];
      else if (COLORS[code] === undefined) throw new Error(`the picture has no colour for the escape ${code}`);
      else color = COLORS[code];
    }
    const text = part.slice(end + 1);
    const width = displayWidth(text);
    pieces.push({ text, x: MARGIN + column * COLUMN, color, isBold, isMono: true, width: width * COLUMN });
    column += width;
  }
  return pieces;
}
