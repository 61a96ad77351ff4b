# shellcheck shell=sh
# Part of ./mayfly, read in a clone only, and only when package-lock.json is newer than what is installed:
# the published package has its packages from npm. Uses say, fail, own_folder, put, on_path, in_folder, try_pip.

# shellcheck disable=SC2016 # that is JavaScript
satisfied() { # are the packages there that package-lock.json names? $1: with those for development
  "$node" -e '
    const fs = require("fs"), [root, all] = process.argv.slice(1);
    const read = (name) => JSON.parse(fs.readFileSync(`${root}/${name}`, "utf8")).packages;
    const have = read("node_modules/.package-lock.json");
    const missing = Object.entries(read("package-lock.json")).some(([path, wanted]) =>
      path !== "" && !wanted.optional && !wanted.devOptional && !(wanted.dev && all !== "yes") &&
      (have[path]?.version !== wanted.version || !fs.existsSync(`${root}/${path}/package.json`)));
    process.exit(missing ? 1 : 0);
  ' "$here" "$1" 2>/dev/null
}

take_lock() { # a folder with the holder's number in it; one whose holder is gone is broken
  waited=0
  until mkdir "$lock" 2>/dev/null; do
    holder=
    if [ -r "$lock/pid" ]; then IFS= read -r holder <"$lock/pid"; fi
    # One second without a number: killed before it could write it. Five minutes: hung. What two at
    # once could do is work done twice, as the result is moved into place whole.
    if { [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; } ||
      { [ -z "$holder" ] && [ "$waited" -ge 5 ]; } || [ "$waited" -ge 1500 ]; then
      mv "$lock" "$own/stale-$waited" 2>/dev/null
    else
      if [ "$waited" -eq 5 ]; then say "waiting for process ${holder:-?}, which installs npm packages here"; fi
      sleep 0.2 2>/dev/null || sleep 1
      waited=$((waited + 1))
    fi
  done
  printf '%s\n' $$ >"$lock/pid"
  trap 'rm -rf "$lock"; clean_up' EXIT
}

install_packages() {
  all=${MAYFLY_DEV:+yes}
  if ! satisfied "$all"; then
    # Who has the packages for development keeps them.
    if grep -q '"dev": true' "$here/node_modules/.package-lock.json" 2>/dev/null; then all=yes; fi
    lock=$here/.cache/install.lock
    own_folder "$here/.cache"
    take_lock
    if ! satisfied "$all"; then
      say "installing the npm packages of $here (once)"
      install_beside
    fi
    rm -rf "$lock"
    clean_up
    own=
    trap - EXIT INT TERM HUP
  fi
  # A folder that cannot be written makes it slower, not wrong.
  {
    true >"$here/node_modules/.mayfly"
    if [ "$all" = yes ]; then true >"$here/node_modules/.mayfly-dev"; fi
  } 2>/dev/null
}

# shellcheck disable=SC2016 # that is JavaScript
runtime_only() { # npm looks up what is for development even where it is not installed
  "$node" -e '
    const fs = require("fs"), [from, to] = process.argv.slice(1);
    const edit = (name, change) => {
      const content = JSON.parse(fs.readFileSync(`${from}/${name}`, "utf8"));
      change(content);
      fs.writeFileSync(`${to}/${name}`, JSON.stringify(content));
    };
    const bare = (root) => { delete root.devDependencies; delete root.engines; };
    edit("package.json", bare);
    edit("package-lock.json", ({ packages }) => {
      bare(packages[""]);
      for (const [path, { dev }] of Object.entries(packages)) if (dev) delete packages[path];
    });
  ' "$here" "$own/all"
}

install_beside() { # into a folder of its own, then moved into place
  on_path npm
  npm=$found
  beside=${node%/bin/node}/lib/node_modules/npm/bin/npm-cli.js
  if [ -z "$npm" ] && ! [ -f "$beside" ]; then
    true >"$own/log"
    try_pip || fail "npm is needed to install Mayfly's packages, and there is none" \
      "install it (Debian: apt-get install npm) and run it again"
    beside=$made/lib/node_modules/npm/bin/npm-cli.js
  fi
  mkdir "$own/all"
  if [ -f "$here/.npmrc" ]; then cp "$here/.npmrc" "$own/all/"; fi
  if [ "$all" = yes ]; then
    cp "$here/package.json" "$here/package-lock.json" "$own/all/"
    set -- install --no-save --include=dev
  else
    runtime_only || fail "package.json or package-lock.json of $here cannot be read" "git checkout brings them back"
    set -- ci --omit=dev
  fi
  set -- "$@" --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error \
    --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000
  if [ -n "$npm" ]; then set -- "$npm" "$@"; else set -- "$node" "$beside" "$@"; fi
  if ! in_folder "$own/all" "$@"; then
    reason >&2
    fail "npm could not install the packages that Mayfly needs (the reason stands above)" \
      "connect once and run it again; behind a firewall, set npm's registry to one that is reachable"
  fi
  mkdir -p "$own/all/node_modules"
  mv "$own/all/node_modules" "$own/new-$$"
  if [ -e "$here/node_modules" ]; then mv "$here/node_modules" "$own/old"; fi
  put "$own/new-$$" "$here/node_modules"
}
