#!/usr/bin/env bash
# Makes the tags of a release, with the built files in them: `v1.2.3`, which never moves, and `v1`, which moves with each
# release (before 1.0: `v0.2`). GitHub runs an action from the files of its tag, and an installation from git builds nothing.
# `main` doesn't change. `tag-release.sh --dry-run` makes the tags, and pushes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(node -p 'require("./package.json").version')
moving=v${version%%.*}
case $version in 0.*) moving=v${version%.*} ;; esac
# A version such as 1.0.0-beta.1 moves no tag.
case $version in *-*) moving= ;; esac

if git rev-parse -q --verify "refs/tags/v$version" >/dev/null; then
  echo "the tag v$version exists already" >&2
  exit 1
fi
export GIT_AUTHOR_NAME=release GIT_AUTHOR_EMAIL=release@users.noreply.github.com
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

# A separate index, so that neither the branch nor the checkout changes.
GIT_INDEX_FILE=$(mktemp -u)
export GIT_INDEX_FILE
trap 'rm -f "$GIT_INDEX_FILE"' EXIT
git read-tree HEAD
git add --force dist
commit=$(git commit-tree "$(git write-tree)" -p HEAD -m "Release $version, with what was built")
git tag -a "v$version" "$commit" -m "Version $version"
if [ -n "$moving" ]; then git tag -f "$moving" "$commit" >/dev/null; fi
echo "v$version${moving:+ and $moving}: $commit"

if [ "${1-}" != --dry-run ]; then
  git push origin "refs/tags/v$version"
  if [ -n "$moving" ]; then git push --force origin "refs/tags/$moving"; fi
fi
