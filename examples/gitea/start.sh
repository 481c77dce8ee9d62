#!/bin/sh
# Start a Gitea with the settings of gitea.env, where there is no Docker.
#
#     sh start.sh [FOLDER]
#
# Gitea 1.26 or newer is taken from PATH, or from GITEA=/path/to/gitea; PORT=3000 is where it listens.
# Everything lies in FOLDER, gitea-data here if none is named. A second start goes on with it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
gitea=${GITEA:-gitea}
port=${PORT:-3000}

if ! command -v "$gitea" >/dev/null; then
    printf '%s\n' "error: $gitea is not here" \
        " hint: take one from https://dl.gitea.com/gitea/ and say GITEA=/path/to/gitea" >&2
    exit 2
fi
gitea=$(command -v "$gitea")
case $gitea in /*) ;; *) gitea=$PWD/$gitea ;; esac

mkdir -p "${1:-gitea-data}/data"
folder=$(cd "${1:-gitea-data}" && pwd)
config=$folder/app.ini
HOME=$folder
export HOME

if [ ! -f "$config" ]; then
    # Only this file: what Gitea makes is its own affair.
    (umask 077 && cat >"$config") <<END
WORK_PATH = $folder
RUN_MODE = prod
[server]
HTTP_ADDR = 127.0.0.1
APP_DATA_PATH = $folder/data
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = $folder/data/gitea.db
[repository]
ROOT = $folder/data/repositories
[security]
INSTALL_LOCK = true
SECRET_KEY = $("$gitea" generate secret SECRET_KEY)
[log]
LEVEL = Warn
END
fi

# What railrel wrote, and this machine's port.
set -a
. "$here/gitea.env"
GITEA__server__HTTP_PORT=$port
GITEA__server__ROOT_URL=http://localhost:$port/
set +a
"$gitea" --config "$config" config edit-ini --in-place --apply-env
"$gitea" --config "$config" migrate >"$folder/migrate.log" 2>&1 || { cat "$folder/migrate.log" >&2; exit 1; }

if ! "$gitea" --config "$config" admin user list --admin | grep -qw admin1; then
    # It prints the password that it makes.
    "$gitea" --config "$config" admin user create --admin --username admin1 \
        --email admin1@example.com --random-password --must-change-password=false
fi
printf '%s\n' "next: sign in as admin1 at http://localhost:$port/, make an organisation and a token" >&2
exec "$gitea" --config "$config" web
