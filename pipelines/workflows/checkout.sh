# By git alone, so that no action is fetched. The job's own token reaches git by the environment:
# no argument and no file holds it, and the runner's credential stores are not asked.
# Some runners have a terminal, and nobody who would answer there.
export GIT_TERMINAL_PROMPT=0
git -c init.defaultBranch=main init --quiet .
url="${GITHUB_SERVER_URL%/}/$GITHUB_REPOSITORY.git"
git remote get-url origin >/dev/null 2>&1 || git remote add origin "$url"
case $GITHUB_REF in
  refs/tags/*) wanted="+$GITHUB_REF:$GITHUB_REF" ;;
  *) wanted=$GITHUB_SHA ;;
esac
if [ "$HISTORY" = all ]; then
  set -- --tags --force "$url" "$wanted" '+refs/heads/*:refs/remotes/origin/*'
else
  set -- --no-tags --depth 1 "$url" "$wanted"
fi
# shellcheck disable=SC2016 # git's own shell reads the variable
git -c credential.helper= \
  -c 'credential.helper=!f() { echo username=job; echo "password=$JOB_TOKEN"; }; f' \
  fetch --quiet "$@"
[ "$(git rev-parse --quiet --verify HEAD || true)" = "$(git rev-parse "$GITHUB_SHA^{commit}")" ] ||
  git checkout --quiet --force --detach "$GITHUB_SHA"
