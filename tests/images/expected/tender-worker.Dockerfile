# Made by railrel dockerfile tender-worker, which keeps what stands between "own lines" and "end of
# own lines" and writes all else anew.
#
#     docker build --secret id=netrc,src=$HOME/.netrc .
#
# The secret netrc lets the build read issue-core from the registry: machine HOST login NAME
# password TOKEN. A registry with a CA of its own: --secret id=ca,src=CA.PEM as well.
FROM python:3.11-slim AS tools
# own lines: packages for building
# end of own lines
RUN pip install --no-cache-dir --root-user-action=ignore 'poetry==2.5.1'
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PIP_NO_INPUT=1 \
    VIRTUAL_ENV=/app/venv \
    POETRY_NO_INTERACTION=1 \
    POETRY_VIRTUALENVS_CREATE=false
WORKDIR /src
# Asks the registry for what the lock names before the slow part begins, and says what is wrong.
RUN printf '%s\n' \
    'import base64, netrc, os, re, sys, urllib.error, urllib.parse, urllib.request' \
    'index, lock, names, command = sys.argv[1], sys.argv[2], sys.argv[3].split(), sys.argv[4:]' \
    'secret, own_ca, host = "/run/secrets/netrc", "/run/secrets/ca", urllib.parse.urlsplit(index).hostname' \
    'known = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")' \
    'if os.path.exists(own_ca):' \
    '    with open("/run/railrel/ca.pem", "w") as both:' \
    '        for path in filter(os.path.exists, (known, own_ca)):' \
    '            both.write(open(path).read() + "\n")' \
    '    os.environ.update(dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"), both.name))' \
    'headers, who = {}, "no secret netrc is given: build with --secret id=netrc,src=NETRC"' \
    'if os.path.exists(secret):' \
    '    os.environ["NETRC"] = secret' \
    '    try:' \
    '        found = netrc.netrc(secret).authenticators(host)' \
    '    except (netrc.NetrcParseError, UnicodeDecodeError):' \
    '        sys.exit("railrel: the secret netrc is no netrc file: machine HOST login NAME password TOKEN")' \
    '    who = f"the secret netrc names no {host}"' \
    '    if found:' \
    '        who = "the token in the secret netrc is wrong, or lacks the scope read:package"' \
    '        headers["Authorization"] = "Basic " + base64.b64encode(f"{found[0]}:{found[2]}".encode()).decode()' \
    'for name in names:' \
    '    spelled = name.replace("-", "[-_.]+")' \
    '    pattern = rf"(?im)^(?:name = \"{spelled}\"\s+version = \"|{spelled}(?:\[[^]]*\])?\s*==\s*)([^\s\";\\]+)"' \
    '    version = re.search(pattern, open(lock).read())[1]' \
    '    try:' \
    '        page = urllib.request.urlopen(urllib.request.Request(f"{index}{name}/", headers=headers), timeout=60).read().decode()' \
    '    except urllib.error.HTTPError as error:' \
    '        why = {401: who, 403: who, 404: f"{name} is not published there, or not for us"}.get(error.code, "try again later")' \
    '        sys.exit(f"railrel: {index}{name}/ answers {error.code}: {why}")' \
    '    except OSError as error:' \
    '        sys.exit(f"railrel: {index} cannot be reached: {error}")' \
    '    if not re.search(rf"[-_]{re.escape(version)}(?:-[^<>\"]*\.whl|\.tar\.gz|\.zip)", page):' \
    '        sys.exit(f"railrel: {name} {version} is not published at {index}: railrel publish {name}")' \
    'os.execvp(command[0], command)' \
    > /check-registry.py

FROM tools AS dependencies
COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache \
    --mount=type=secret,id=netrc,target=/run/secrets/netrc \
    --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=tmpfs,target=/run/railrel \
    python -m venv --without-pip /app/venv \
 && python /check-registry.py https://git.example.com/api/packages/acme/pypi/simple/ poetry.lock 'issue-core' \
    poetry install --only main --no-root \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /app/venv \
 && find /app/venv -exec touch -h -d @315532800 {} +

FROM tools AS own
COPY . .
RUN --mount=type=cache,target=/root/.cache \
    --mount=type=secret,id=netrc,target=/run/secrets/netrc \
    --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=tmpfs,target=/run/railrel \
    python /check-registry.py https://git.example.com/api/packages/acme/pypi/simple/ poetry.lock '' \
    pip install --no-compile --no-deps --target /app/own . \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /app/own \
 && find /app/own -exec touch -h -d @315532800 {} +

FROM python:3.11-slim
# own lines: packages for running
# end of own lines
ENV PATH=/app/own/bin:/app/venv/bin:$PATH \
    PYTHONPATH=/app/own:/app/venv/lib/python3.11/site-packages \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=dependencies /app/venv /app/venv
COPY --from=own /app/own /app/own
# own lines: last
# end of own lines
USER 10001:10001
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="tender-worker" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
CMD ["python", "-m", "tender_worker"]
