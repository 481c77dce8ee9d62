# railrel as it is in the repository of this action, at the ref that the job asked for; once in a job.
root=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
if [ "${RAILREL_FROM:-}" != "$root" ]; then
  export REQUIREMENT="$root" INDEX=""
  . "$root/pipelines/workflows/install.sh"
  echo "RAILREL_FROM=$root" >>"$GITHUB_ENV"
fi
