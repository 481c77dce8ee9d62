# Some runners have a terminal, and nobody who would answer there.
export PIP_NO_INPUT=1
home=$(mktemp -d "${RUNNER_TEMP:-/tmp}/railrel-XXXXXX")
python="$home/environment/bin/python"
uv=$(command -v uv || true)
if [ -n "$uv" ]; then
  uv venv --quiet --python '>=3.11' "$home/environment"
elif python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  python3 -m venv "$home/environment"
else
  echo '::error::railrel needs Python 3.11 or newer, or uv, on the runner; python3 is not that new'
  exit 1
fi
install() {
  if [ -n "$uv" ]; then uv pip install --quiet --python "$python" "$@"
  else "$python" -m pip install --quiet --disable-pip-version-check "$@"; fi
}
if [ -n "$INDEX" ]; then
  # railrel itself from this index and from no other, whoever has a package of its name elsewhere.
  from=$INDEX
  who="__token__:$RAILREL_TOKEN"
  [ -z "$RAILREL_TOKEN" ] || from="${INDEX%%://*}://$who@${INDEX#*://}"
  if ! (
    unset UV_INDEX UV_EXTRA_INDEX_URL UV_INDEX_URL UV_FIND_LINKS
    export UV_DEFAULT_INDEX="$from" PIP_NO_INDEX=1 PIP_FIND_LINKS="$from/railrel/"
    install --no-deps "$REQUIREMENT"
  ); then
    echo "::error::$REQUIREMENT cannot be installed from $INDEX"
    [ -n "$RAILREL_TOKEN" ] || echo "::notice::$NO_SECRET"
    exit 1
  fi
fi
# What is built now is other people's.
unset RAILREL_TOKEN
install "$REQUIREMENT"
mkdir "$home/bin"
# Nothing else of this environment comes before the runner's own programs.
ln -s "$home/environment/bin/railrel" "$home/environment/bin/uv" "$home/bin/"
echo "$home/bin" >>"$GITHUB_PATH"
"$home/bin/railrel" --version
