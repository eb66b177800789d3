import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { programArguments } from "../support/kill/program.ts";

// Runs the completion scripts in the real shells, with the built program. A test is skipped when its shell is
// missing.

const run = promisify(execFile);

function without(shell: string): string | false {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0 ? false : `${shell} is not installed`;
}

/** A folder with a file of two keys, some other files, and an executable `buddy-integrations`. */
async function checkout(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-shells-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  const [bin = ""] = programArguments([]);
  await writeFile(join(dir, "buddy-integrations"), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  await chmod(join(dir, "buddy-integrations"), 0o755);
  await writeFile(
    join(dir, "integrations.yaml"),
    [
      "version: 1",
      "integrations:",
      "  aws_prod: { type: AMAZON, name: 'AWS: 100 % $(touch pwned) `touch pwned`' }",
      "  web: { type: GIT_HUB, name: Web }",
      "  $(touch pwned): { type: GIT_HUB, name: hostile }",
    ].join("\n"),
  );
  await writeFile(join(dir, "plan one.json"), "{}");
  await writeFile(join(dir, "plan-two.json"), "{}");
  return dir;
}

/** Returns what a shell proposes, sorted. @param line the text up to the cursor */
type Proposals = (dir: string, line: string) => Promise<string[]>;

async function inShell(dir: string, shell: string, script: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr } = await run(shell, shell === "zsh" ? ["-f", "-c", script] : ["-c", script], {
    cwd: dir,
    env: { PATH: `${dir}:${process.env["PATH"]}`, HOME: dir, TERM: "dumb", LC_ALL: "C.UTF-8", ...env },
  });
  assert.equal(stderr, "");
  return stdout.split("\n").filter(Boolean).toSorted();
}

/** Readline splits words at blanks and at `=`, and calls the function that `complete` names. */
const bash: Proposals = (dir, line) => {
  const words = line.split(/\s+|(?==)|(?<==)/);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `
    set -u
    eval "$(buddy-integrations completion bash)"
    [[ "$(complete -p buddy-integrations)" == *"-F _buddy_integrations"* ]] || echo "not registered"
    compopt() { [[ "$*" == "+o default" ]] && no_files=1; }
    no_files=0
    COMP_WORDS=(${quoted}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _buddy_integrations
    if [[ \${#COMPREPLY[@]} -eq 0 && $no_files -eq 0 ]]; then compgen -f -- "\${COMP_WORDS[COMP_CWORD]#=}"
    else printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"; fi
  `;
  return inShell(dir, "bash", script);
};

/** Writes to a file what an interactive zsh hands to its line editor as proposals. */
const ZSHRC = `
PS1=
autoload -Uz compinit; compinit -u -D
eval "$(buddy-integrations completion zsh)"
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  builtin compadd "$@"
  local status_=$? hit
  for hit in "\${hits[@]}"; do print -r -- "$IPREFIX$hit" >> .zsh/hits; done
  return $status_
}
finish() { : > .zsh/done }
comppostfuncs=(finish)
zle-line-init() { : > .zsh/ready }
zle -N zle-line-init
`;

/** The line editor runs in its own terminal (zpty). */
const zsh: Proposals = async (dir, line) => {
  await rm(join(dir, ".zsh"), { recursive: true, force: true });
  await mkdir(join(dir, ".zsh"));
  await writeFile(join(dir, ".zsh", ".zshrc"), ZSHRC);
  await writeFile(join(dir, ".zsh", "hits"), "");
  const script = `
    zmodload zsh/zpty zsh/zselect
    zpty -b z zsh -i
    wait_for() { integer i; for i in {1..1500}; do [[ -e .zsh/$1 ]] && return; zpty -rt z > .zsh/log; zselect -t 1; done; print "no $1" }
    wait_for ready
    zpty -wn z "$LINE"$'\\t'
    wait_for done
    zpty -d z
    cat .zsh/hits
  `;
  return inShell(dir, "zsh", script, { LINE: line, ZDOTDIR: join(dir, ".zsh") });
};

const fish: Proposals = async (dir, line) => {
  const script = `buddy-integrations completion fish | source; complete -C '${line}'`;
  return (await inShell(dir, "fish", script, { XDG_CONFIG_HOME: dir })).map((found) => found.split("\t")[0] ?? "");
};

for (const [shell, proposals] of Object.entries({ bash, zsh, fish })) {
  test(`${shell} completes commands, options, values and keys`, { skip: without(shell) }, async (t) => {
    const dir = await checkout(t);
    assert.deepEqual(await proposals(dir, "buddy-integrations va"), ["validate"]);
    assert.deepEqual(await proposals(dir, "buddy-integrations plan --detailed"), ["--detailed-exitcode"]);
    assert.deepEqual(await proposals(dir, "buddy-integrations plan --format ma"), ["markdown"]);
    assert.deepEqual(await proposals(dir, "buddy-integrations plan --only "), ["aws_prod", "web"]);
    assert.deepEqual(await proposals(dir, "buddy-integrations refs --key w"), ["web"]);
    const inline = shell === "bash" ? "markdown" : "--format=markdown";
    assert.deepEqual(await proposals(dir, "buddy-integrations plan --format=ma"), [inline]);
  });

  test(`${shell} completes file names where a file is expected`, { skip: without(shell) }, async (t) => {
    const dir = await checkout(t);
    assert.deepEqual(
      (await proposals(dir, "buddy-integrations apply --expect plan"))
        .map((name) => name.replace("\\ ", " "))
        .toSorted(),
      ["plan one.json", "plan-two.json"],
    );
    assert.deepEqual(await proposals(dir, "buddy-integrations plan --workspace "), []);
  });

  test(`${shell} executes nothing from a file`, { skip: without(shell) }, async (t) => {
    const dir = await checkout(t);
    await proposals(dir, "buddy-integrations show ");
    await proposals(dir, "buddy-integrations show a");
    assert.deepEqual((await inShell(dir, "sh", "ls")).includes("pwned"), false);
  });
}
