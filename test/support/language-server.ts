import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

export interface EditorProblem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly severity: number;
}

export interface EditorProposal {
  readonly label: string;
  /** The text to insert. A snippet holds its placeholders. */
  readonly text: string;
}

/** A YAML language server with one document open, as an editor drives it. Lines and columns are from 1. */
export interface LanguageServer {
  /** Opens another text. @returns the problems that the server reports */
  open(text: string): Promise<readonly EditorProblem[]>;
  /** Proposals at a position of the text that was opened last. */
  complete(line: number, column: number): Promise<readonly EditorProposal[]>;
  /** Markdown. */
  hover(line: number, column: number): Promise<string>;
}

/**
 * @param folder the folder of the documents, which are never written. A relative path in a schema line starts there.
 */
export async function startLanguageServer(context: TestContext, folder: URL): Promise<LanguageServer> {
  const manifest = createRequire(import.meta.url).resolve("yaml-language-server/package.json");
  const bin = join(dirname(manifest), "bin", "yaml-language-server");
  const server = spawn(process.execPath, [bin, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  context.after(() => server.kill());
  const calls = new Map<number, (result: ServerResult) => void>();
  const diagnosed = new Map<string, (problems: readonly EditorProblem[]) => void>();
  let last = 0;
  let opened = 0;
  let uri = "";
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const call = (method: string, params: object): Promise<ServerResult> => {
    const id = ++last;
    send({ id, method, params });
    return new Promise((resolve) => calls.set(id, resolve));
  };
  readMessages(server.stdout, ({ id, method, params, result }) => {
    if (method === "textDocument/publishDiagnostics") {
      diagnosed.get(params?.uri ?? "")?.((params?.diagnostics ?? []).map(problemFrom));
    } else if (method === "workspace/configuration") {
      const items: readonly { readonly section?: string }[] = params?.items ?? [];
      send({ id, result: items.map(({ section }) => (section === "yaml" ? SETTINGS : null)) });
    } else if (method !== undefined && id !== undefined) send({ id, result: null });
    else if (id !== undefined) calls.get(id)?.(result);
  });
  const markdown = { contentFormat: ["markdown"] };
  const completion = { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } };
  await call("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      textDocument: { hover: markdown, completion },
      workspace: { configuration: true },
    },
  });
  send({ method: "initialized", params: {} });
  const at = (line: number, column: number): object => ({
    textDocument: { uri },
    position: { line: line - 1, character: column - 1 },
  });
  return {
    open: async (text) => {
      // The response names the document without its version, so each text gets its own document.
      uri = new URL(`integrations-${++opened}.yaml`, folder).href;
      const problems = new Promise<readonly EditorProblem[]>((resolve) => diagnosed.set(uri, resolve));
      const textDocument = { uri, languageId: "yaml", version: 1, text };
      send({ method: "textDocument/didOpen", params: { textDocument } });
      return problems;
    },
    complete: async (line, column) => proposalsFrom(await call("textDocument/completion", at(line, column))),
    hover: async (line, column) => (await call("textDocument/hover", at(line, column)))?.contents?.value ?? "",
  };
}

const SETTINGS = { validate: true, hover: true, completion: true, schemaStore: { enable: false }, schemas: {} };

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri?: string;
    readonly diagnostics?: readonly ServerProblem[];
    readonly items?: readonly { readonly section?: string }[];
  };
  readonly result?: ServerResult;
}

/** The result of a completion or a hover. */
type ServerResult =
  | { readonly items?: readonly ServerProposal[]; readonly contents?: { readonly value?: string } }
  | null
  | undefined;

interface ServerProblem {
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: { readonly line: number } };
}

/** Splits the stream into messages. Each has a header with its length in bytes. */
function readMessages(stream: NodeJS.ReadableStream, take: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf("\r\n\r\n");
      const [, length] = /Content-Length: (\d+)/.exec(rest.subarray(0, Math.max(0, head)).toString()) ?? [];
      const end = head + 4 + Number(length);
      if (length === undefined || rest.length < end) return;
      take(JSON.parse(rest.subarray(head + 4, end).toString()));
      rest = rest.subarray(end);
    }
  });
}

function problemFrom({ message, severity, range }: ServerProblem): EditorProblem {
  return { message, severity, line: range.start.line + 1 };
}

interface ServerProposal {
  readonly label: string;
  readonly insertText?: string;
  readonly textEdit?: { readonly newText: string };
}

function proposalsFrom(result: ServerResult): readonly EditorProposal[] {
  return (result?.items ?? []).map(({ label, insertText, textEdit }) => ({
    label,
    text: textEdit?.newText ?? insertText ?? label,
  }));
}
