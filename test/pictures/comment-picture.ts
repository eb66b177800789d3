import { displayWidth } from "../../src/render/width.ts";
import { Drawing, type Piece } from "./svg.ts";

const WIDTH = 780;
const MARGIN = 18;
const LINE = 22;
const CODE_LINE = 18;
const CODE_COLUMN = 7.8;
/** The average width of a letter in a proportional font. */
const LETTER = 7.2;

/** A comment in a pull request as a picture. It supports only the Markdown of our comments. */
export function commentPicture(title: string, markdown: string): string {
  const drawing = new Drawing(title);
  let y = MARGIN;
  const text = (pieces: readonly Piece[]): void => {
    drawing.line(y + 15, pieces);
    y += LINE;
  };
  const lines = markdown.trimEnd().split("\n");
  const blocks: (() => void)[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const summary = /^<details(?: open)?><summary>(.*)<\/summary>$/.exec(line)?.[1];
    if (line.startsWith("```") || line.startsWith("~~~")) {
      const end = lines.indexOf(/^[`~]+/.exec(line)?.[0] ?? "", index + 1);
      const code = lines.slice(index + 1, end);
      blocks.push(() => {
        const height = code.length * CODE_LINE + 16;
        drawing.box(MARGIN, y, { width: WIDTH - 2 * MARGIN, height }, "code");
        code.forEach((each, row) => drawing.line(y + row * CODE_LINE + 20, [codePiece(each, line.endsWith("diff"))]));
        y += height + 12;
      });
      index = end;
    } else if (line.startsWith("> [!")) {
      const quoted = lines.slice(index).findIndex((each) => !each.startsWith(">"));
      const alert = lines.slice(index, quoted === -1 ? undefined : index + quoted);
      blocks.push(() => {
        drawing.box(
          MARGIN,
          y,
          { width: 4, height: alert.length * LINE },
          line.includes("CAUTION") ? "caution" : "warning",
        );
        const [kind, color] = line.includes("CAUTION") ? ["Caution", "red"] : ["Warning", "yellow"];
        text([{ text: kind, x: MARGIN + 16, color, isBold: true, width: kind.length * LETTER }]);
        for (const each of alert.slice(1)) text(inlinePieces(each.slice(2).replace(/^- /, "•  "), MARGIN + 16));
        y += 12;
      });
      index += alert.length - 1;
    } else if (summary !== undefined) {
      blocks.push(() => {
        text(inlinePieces(`${line.startsWith("<details open") ? "▾" : "▸"} ${summary}`, MARGIN));
        y += 4;
      });
      if (line.startsWith("<details>")) index = lines.indexOf("</details>", index);
    } else if (line.startsWith("### ")) {
      blocks.push(() => {
        text(inlinePieces(`**${line.slice(4)}**`, MARGIN));
        y += 8;
      });
    } else if (line !== "" && line !== "</details>" && !line.startsWith("<!--")) {
      blocks.push(() => {
        for (const part of wrap(line.replace(/^- /, "•  "))) text(inlinePieces(part, MARGIN));
        if (lines[index + 1] === "") y += 8;
      });
    }
  }
  for (const draw of blocks) draw();
  const height = y + MARGIN - 8;
  const page = new Drawing(title);
  page.box(0.5, 0.5, { width: WIDTH - 1, height: height - 1 }, "page");
  return page.append(drawing).svg(WIDTH, height);
}

/** Lines of a `diff` have the colour of their first character. */
function codePiece(line: string, isDiff: boolean): Piece {
  const colors: Readonly<Record<string, string>> = { "+": "green", "-": "red", "!": "yellow" };
  const color = (isDiff ? colors[line[0] ?? ""] : undefined) ?? "plain";
  return { text: line, x: MARGIN + 12, color, isMono: true, width: displayWidth(line) * CODE_COLUMN };
}

/** Bold and code within a line. */
function inlinePieces(line: string, start: number): Piece[] {
  let x = start;
  let isBold = false;
  const pieces: Piece[] = [];
  for (const part of line.split(/(\*\*|`[^`]+`)/)) {
    if (part === "**") isBold = !isBold;
    else if (part.startsWith("`")) {
      const text = part.slice(1, -1);
      const width = displayWidth(text) * CODE_COLUMN;
      pieces.push({ text, x: x + 2, color: "plain", isBold, isMono: true, width });
      x += width + 4;
    } else if (part !== "") {
      const width = displayWidth(part) * (isBold ? LETTER + 0.6 : LETTER);
      pieces.push({ text: part, x, color: "plain", isBold, width });
      x += width;
    }
  }
  return pieces;
}

function wrap(line: string): string[] {
  const most = Math.floor((WIDTH - 2 * MARGIN) / LETTER);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + word.length >= most) {
      lines.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
