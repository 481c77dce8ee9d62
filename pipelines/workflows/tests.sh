# A checkout of their own: what tests leave behind is no change to what is published.
tests=$(mktemp -d "${RUNNER_TEMP:-/tmp}/tests-XXXXXX")
git worktree add --quiet --detach "$tests/tree" HEAD
echo "TESTS=$tests/tree" >>"$GITHUB_ENV"
cd "$tests/tree/$FOLDER"
# uv asks the registry first, and takes what the registry has from there alone.
settings=$(railrel env)
eval "$settings"
unset PIP_EXTRA_INDEX_URL
if [ -n "$RAILREL_TOKEN" ]; then
  NETRC="$tests/netrc"
  trap 'rm -f "$NETRC"' EXIT
  host=${UV_INDEX#*://}
  (umask 077 && printf 'machine %s login __token__ password %s\n' "${host%%[:/]*}" "$RAILREL_TOKEN" >"$NETRC")
  export NETRC
  unset RAILREL_TOKEN
else
  # The installer would only say 401.
  trap '[ $? = 0 ] || echo "::error::$NO_SECRET"' EXIT
fi
export UV_PROJECT_ENVIRONMENT="$PWD/.venv" POETRY_VIRTUALENVS_IN_PROJECT=true
