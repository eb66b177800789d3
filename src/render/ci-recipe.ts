import type { Target } from "../model/integration.ts";
import { recipes } from "./recipes.generated.js";

export type CiSystem = "github" | "gitlab" | "buddy";

/** Where each CI system looks for its file, or includes it from. */
export const RECIPE_FILES: Readonly<Record<CiSystem, string>> = {
  github: ".github/workflows/buddy-integrations.yml",
  gitlab: ".gitlab/buddy-integrations.gitlab-ci.yml",
  buddy: ".buddy/buddy-integrations.yml",
};

/** What a person has to do for each CI system. docs/ci.md has the details. */
export const RECIPE_STEPS: Readonly<Record<CiSystem, string>> = {
  github:
    "set the secret BUDDY_READ_TOKEN of the repository, and BUDDY_TOKEN and the values in the environments buddy-integrations and buddy-integrations-approval",
  gitlab:
    "include it from .gitlab-ci.yml, and set BUDDY_READ_TOKEN and BUDDY_TOKEN as masked CI variables, the second one protected",
  buddy: "set BUDDY_READ_TOKEN as an encrypted variable of the project, and BUDDY_TOKEN of the pipeline that applies",
};

interface RecipeRequest {
  readonly target: Target;
  readonly file: string;
  readonly lockfile: string;
}

/**
 * The file of `recipes/`, with this target written into it. So a pull request that edits integrations.yaml can't choose
 * another target.
 */
export function ciRecipe(system: CiSystem, { target, file, lockfile }: RecipeRequest): string {
  const yaml = (text: string): string => plainOrQuoted(system === "gitlab" ? text.replaceAll("$", "$$$$") : text);
  return recipes[system]
    .replaceAll("my-company", target.workspace)
    .replaceAll(/https:\/\/api\.buddy\.works\b/g, () => target.api)
    .replaceAll(/\bregion: US\b/g, () => loginPlace(target.api))
    .replaceAll(/((?:\bFILE: |key: "FILE"\n +value: ))\S+/g, (_, name: string) => name + yaml(file))
    .replaceAll(/((?:\bLOCKFILE: |key: "LOCKFILE"\n +value: ))\S+/g, (_, name: string) => name + yaml(lockfile));
}

/** The input of `buddy/login` that names the host. */
function loginPlace(api: string): string {
  const region = /^https:\/\/api(?:\.(eu|asia))?\.buddy\.works$/.exec(api);
  if (region === null) return `api_url: ${api.replace(/\/api$/, "")}`;
  return `region: ${region[1] === "eu" ? "EU" : region[1] === "asia" ? "AP" : "US"}`;
}

/** A text of YAML. A double-quoted text of JSON is one of YAML, too. */
function plainOrQuoted(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}
