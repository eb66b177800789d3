import { displayWidth } from "../../src/render/width.ts";
/** A piece of a line in one style. Positions and sizes are in pixels. */
export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly color: string;
  readonly isBold?: boolean;
  readonly isMono?: boolean;
  /** Stretches the text to this width, so that columns are aligned in any font. */
  readonly width: number;
}

/** A drawn picture: text and boxes, which follow the viewer's light or dark scheme. */
export class Drawing {
  readonly #parts: string[] = [];
  readonly #title: string;

  constructor(title: string) {
    this.#title = title;
  }

  /** @param y the baseline */
  line(y: number, pieces: readonly Piece[]): void {
    for (const { text, x, color, isBold, isMono, width } of pieces) {
      const classes = [color, ...(isBold === true ? ["bold"] : []), ...(isMono === true ? ["mono"] : [])].join(" ");
      const letter = width / displayWidth(text);
      // Viewers treat spaces in different ways, so each run of words gets its own place.
      for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
        const [left, length] = [x + displayWidth(text.slice(0, index)) * letter, displayWidth(words) * letter];
        const place = `x="${round(left)}" y="${round(y)}" textLength="${round(length)}" lengthAdjust="spacingAndGlyphs"`;
        this.#parts.push(`<text ${place} class="${classes}">${escapeXml(words)}</text>`);
      }
    }
  }

  box(x: number, y: number, size: { readonly width: number; readonly height: number }, kind: string): void {
    const at = `x="${round(x)}" y="${round(y)}" width="${round(size.width)}" height="${round(size.height)}"`;
    this.#parts.push(`<rect ${at} rx="6" class="${kind}"/>`);
  }

  /** This drawing, and another one over it. */
  append(other: Drawing): this {
    this.#parts.push(...other.#parts);
    return this;
  }

  svg(width: number, height: number): string {
    const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img">`;
    return [
      head,
      `<title>${escapeXml(this.#title)}</title>`,
      `<style>${STYLE}</style>`,
      ...this.#parts,
      "</svg>",
      "",
    ].join("\n");
  }
}

/** GitHub's own colours. */
const STYLE = `
text{font:14px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;white-space:pre}
.mono{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.bold{font-weight:600}
.plain{fill:#1f2328}.dim{fill:#59636e}.green{fill:#1a7f37}.red{fill:#cf222e}.yellow{fill:#9a6700}.cyan{fill:#0969da}
.page{fill:#fff;stroke:#d1d9e0}.code{fill:#f6f8fa}.caution{fill:#cf222e}.warning{fill:#9a6700}
@media (prefers-color-scheme:dark){
.plain{fill:#f0f6fc}.dim{fill:#9198a1}.green{fill:#3fb950}.red{fill:#f85149}.yellow{fill:#d29922}.cyan{fill:#4493f8}
.page{fill:#0d1117;stroke:#3d444d}.code{fill:#151b23}.caution{fill:#da3633}.warning{fill:#9e6a03}}
`;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
