import type { Target } from "../model/integration.ts";
import { shellWord } from "../model/text.ts";

export type CiSystem = "github" | "gitlab" | "buddy";

/** Where each system looks for it, or where it can be included from. */
export const RECIPE_FILES: Readonly<Record<CiSystem, string>> = {
  github: ".github/workflows/integrations.yml",
  gitlab: ".gitlab/integrations.gitlab-ci.yml",
  buddy: ".buddy/integrations.yml",
};

/** What has to be done by hand for each system. */
export const RECIPE_STEPS: Readonly<Record<CiSystem, string>> = {
  github: "set the secrets BUDDY_READ_TOKEN and BUDDY_TOKEN of the repository",
  gitlab:
    "include it from .gitlab-ci.yml, and set BUDDY_TOKEN and BUDDY_READ_TOKEN as masked CI variables, the first protected",
  buddy: "set BUDDY_TOKEN as an encrypted variable of the project",
};

interface RecipeRequest {
  readonly target: Target;
  readonly file: string;
  readonly lockfile: string;
}

/** Plans what is proposed, and applies what was merged. The tool is expected among the packages of the project. */
export function ciRecipe(system: CiSystem, request: RecipeRequest): string {
  switch (system) {
    case "github":
      return githubRecipe(request);
    case "gitlab":
      return gitlabRecipe(request);
    case "buddy":
      return buddyRecipe(request);
    default:
      return system satisfies never;
  }
}

/** It names workspace and host: a pull request that edits the file can't choose others. */
function commandLine(name: string, { target, file }: RecipeRequest, ...more: readonly string[]): string {
  const place = ["--file", file, "--workspace", target.workspace, "--api", target.api].map(shellWord);
  return ["npx --no-install buddy-integrations", name, ...place, ...more].join(" ");
}

function githubRecipe(request: RecipeRequest): string {
  return `name: integrations
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # --base needs the history
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: npx --no-install buddy-integrations validate ${shellWord(request.file)}
      - run: ${commandLine("plan", request, '--base "origin/$GITHUB_BASE_REF"', '--format markdown >> "$GITHUB_STEP_SUMMARY"')}
        env:
          BUDDY_TOKEN: \${{ secrets.BUDDY_READ_TOKEN }} # may only read
  apply:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    permissions:
      contents: write # commits the lockfile
    concurrency:
      group: buddy-integrations
      cancel-in-progress: false
    steps:
      - uses: actions/checkout@v4
        with:
          ref: \${{ github.ref_name }}
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: |
          code=0
          ${commandLine("apply", request)} || code=$?
          # Also when a part failed: it holds what was done.
          git add ${shellWord(request.lockfile)}
          git diff --cached --quiet || {
            git -c user.name=buddy-integrations -c user.email=noreply@localhost commit -m "Lock integrations [skip ci]"
            git push
          }
          exit "$code"
        env:
          BUDDY_TOKEN: \${{ secrets.BUDDY_TOKEN }}
          # And the values of references, each as NAME: \${{ secrets.NAME }}
`;
}

function gitlabRecipe(request: RecipeRequest): string {
  return `integrations-plan:
  image: node:22
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # --base needs the history
  script:
    - npm ci
    - npx --no-install buddy-integrations validate ${shellWord(request.file)}
    - export BUDDY_TOKEN="$BUDDY_READ_TOKEN" # may only read
    - ${commandLine("plan", request, '--base "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"')}

integrations-apply:
  image: node:22
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  resource_group: buddy-integrations # one at a time
  script:
    - npm ci
    - ${commandLine("apply", request)}
  artifacts:
    when: always # also when a part failed: it holds what was done. Commit it.
    paths:
      - ${request.lockfile}
`;
}

function buddyRecipe(request: RecipeRequest): string {
  return `- pipeline: "integrations-plan"
  on: "EVENT"
  events:
    - type: "PUSH"
      refs:
        - "refs/heads/*"
  actions:
    - action: "plan"
      type: "BUILD"
      docker_image_name: "library/node"
      docker_image_tag: "22"
      execute_commands:
        - "npm ci"
        - "${commandLine("plan", request)}"

# Run it by hand when the plan is as you want it, and commit the lockfile.
- pipeline: "integrations-apply"
  on: "CLICK"
  refs:
    - "refs/heads/main"
  actions:
    - action: "apply"
      type: "BUILD"
      docker_image_name: "library/node"
      docker_image_tag: "22"
      execute_commands:
        - "npm ci"
        - "${commandLine("apply", request)}"
`;
}
