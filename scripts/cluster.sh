#!/usr/bin/env bash
# A cluster on this machine, from nothing: three nodes behind one address, with a PostgreSQL and an S3 server of their own. It prints
# one link to open. Ctrl-C (or SIGTERM) ends all of it and removes its data; a node that dies is started again after a second.
#   scripts/cluster.sh [--port N] [--nodes N] [--dir DIR]
#     --port N   the address to open is http://127.0.0.1:N (47732); 0: a free port
#     --nodes N  how many nodes, 1 to 9 (3)
#     --dir DIR  an empty or missing folder for data and logs, which then stay; else a temporary one
# What it needs, and how each part starts, all on the loopback:
#   PostgreSQL 13 or newer  Debian's package postgresql; initdb and postgres in the folder, as the user postgres if root runs this.
#                           A PostgreSQL of the system is neither used nor changed.
#   an S3 server            S3Mock, which Maven fetches, in a JVM of its own; it keeps objects in the folder and checks no signatures
#   nginx                   Debian's package nginx, with the configuration below: a device stays with one node while that lives
#   JDK 17 and Maven        build target/verstak-server.jar if it is missing or stale
# As root on Debian it installs the packages that are missing, without starting their services. Memory: about 1.5 GB.
set -euo pipefail
cd "$(dirname "$0")/.."

port=47732 nodes=3 dir=
while [ $# -gt 0 ]; do
  case "$1" in
    --port) port=${2:?} && shift 2 ;;
    --nodes) nodes=${2:?} && shift 2 ;;
    --dir) dir=${2:?} && shift 2 ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
  esac
done
[[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -le 65535 ] || { echo "--port: $port is not a port" >&2 && exit 2; }
[[ $nodes =~ ^[1-9]$ ]] || { echo "--nodes: $nodes is not a number from 1 to 9" >&2 && exit 2; }

postgres_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -x "$found/initdb" ] || found=$(dirname "$(command -v initdb || echo /none/initdb)")
  [ -x "$found/initdb" ] && [ -x "$found/postgres" ] && echo "$found"
}
PATH=$PATH:/usr/sbin:/sbin
missing=()
postgres_bin >/dev/null || missing+=(postgresql)
command -v nginx >/dev/null || missing+=(nginx)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; on Debian: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  policy=/usr/sbin/policy-rc.d # installed, not started
  [ -e $policy ] || { trap 'rm -f $policy' EXIT && printf '#!/bin/sh\nexit 101\n' >$policy && chmod 0755 $policy; }
  DEBIAN_FRONTEND=noninteractive apt-get -q update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}" >&2
  rm -f $policy
fi
bin=$(postgres_bin)
scripts/run.sh --version >/dev/null
[ -s target/s3mock/classpath ] || mvn -B -q antrun:run@s3mock >&2

stay=yes
[ -n "$dir" ] || { dir=$(mktemp -d -t verstak-cluster-XXXXXX) && stay=no; }
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
[ -z "$(ls -A "$dir")" ] || { echo "$dir is not empty" >&2 && exit 1; }
chmod 0711 "$dir"
umask 077

declare -A part=() # what each child of this shell is, by its process id
ending=no proxy=
end() {
  ending=yes
  trap '' HUP INT TERM
  trap - EXIT
  # Nodes first: what they rest on goes last.
  for kind in node nginx s3 postgres; do
    for pid in "${!part[@]}"; do
      [[ ${part[$pid]} != "$kind"* ]] || kill -"$([ $kind = postgres ] && echo INT || echo TERM)" "$pid" 2>/dev/null || true
    done
    for pid in "${!part[@]}"; do
      [[ ${part[$pid]} != "$kind"* ]] || wait "$pid" 2>/dev/null || true
    done
  done
  # A worker of nginx outlives a master that was killed.
  [ -z "$proxy" ] || kill -KILL -- "-$proxy" 2>/dev/null || true
  # A PostgreSQL that was killed has processes that write until they see it.
  if [ $stay = no ]; then rm -rf "$dir" 2>/dev/null || { sleep 1 && rm -rf "$dir"; }; else echo "ended; data and logs are in $dir"; fi
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
fail() {
  echo "cluster.sh: $1" >&2
  [ -z "${2-}" ] || tail -n 20 "$2" >&2
  exit 1
}
free_port() {
  while :; do
    local try=$((20000 + RANDOM % 12000))
    if [[ " ${taken-} " != *" $try "* ]] && ! (: 3<>"/dev/tcp/127.0.0.1/$try") 2>/dev/null; then
      taken="${taken-} $try" free=$try
      return
    fi
  done
}
until_true() { # SECONDS PID LOG COMMAND…: waits until a command succeeds; fails when the process of it ends before
  local left=$(($1 * 10)) pid=$2 log=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || fail "${part[$pid]} ended" "$log"
    [ $((left--)) -gt 0 ] || fail "${part[$pid]} does not answer" "$log"
    sleep 0.1
  done
}
[ "$port" != 0 ] || { free_port && port=$free; }
(: 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && fail "port $port is taken; choose one with --port"

# The S3 server, which starts while PostgreSQL does.
mkdir -p "$dir/objects"
free_port
s3_port=$free
java -Xmx256m -XX:TieredStopAtLevel=1 -cp "$(<target/s3mock/classpath)" com.adobe.testing.s3mock.S3MockApplication \
  --spring.main.banner-mode=off --server.port="$s3_port" --server.ssl.enabled=false --server.address=127.0.0.1 \
  --com.adobe.testing.s3mock.httpPort=0 --com.adobe.testing.s3mock.store.initial-buckets=verstak \
  --com.adobe.testing.s3mock.store.root="$dir/objects" --com.adobe.testing.s3mock.store.retain-files-on-exit=true \
  >"$dir/s3.log" 2>&1 </dev/null &
part[$!]=s3
s3=$!

# PostgreSQL: a data directory of its own, passwords over TCP, a user and a database for the server.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=postgres --regid=postgres --init-groups); fi
install -d -m 0700 "$dir/postgres" "$dir/socket"
[ ${#as[@]} = 0 ] || chown postgres "$dir/postgres" "$dir/socket"
log=$dir/postgres.log
"${as[@]}" "$bin/initdb" -D "$dir/postgres" -U postgres -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 \
  >"$log" 2>&1 </dev/null || fail "initdb failed" "$log"
free_port
database_port=$free
# Ctrl-C goes to all of the terminal's processes: PostgreSQL and nginx, which take it, must end after the nodes, so they have a session of their own.
(cd / && exec setsid "${as[@]}" "$bin/postgres" -D "$dir/postgres" -h 127.0.0.1 -p "$database_port" -k "$dir/socket" -c max_connections=200) \
  >>"$log" 2>&1 </dev/null &
part[$!]=postgres
sql() { "${as[@]}" "$bin/psql" -q -v ON_ERROR_STOP=1 -h "$dir/socket" -p "$database_port" -U postgres "$@"; }
until_true 60 $! "$log" sql -c 'SELECT 1'
password=$(head -c 24 /dev/urandom | base64 | tr '+/' 'ab')
printf '%s' "$password" >"$dir/database.password"
sql <<<"CREATE ROLE verstak LOGIN PASSWORD '$password'; CREATE DATABASE verstak OWNER verstak;" >>"$log" 2>&1 ||
  fail "the database cannot be made" "$log"

until_true 60 $s3 "$dir/s3.log" grep -q 'Tomcat started' "$dir/s3.log"
printf 'key' >"$dir/access.key"
printf 'secret' >"$dir/secret.key"

# The nodes: the same settings but for name, port and folder. The first one makes the tables.
head -c 32 /dev/urandom >"$dir/seal.key"
declare -a node_port=()
for ((n = 1; n <= nodes; n++)); do
  free_port
  node_port[n]=$free
  cat >"$dir/node-$n.json" <<END
{
  "http": {"listen": "127.0.0.1:$free", "publicUrl": "http://127.0.0.1:$port", "trustedProxies": ["127.0.0.1/32"]},
  "storage": {"dataDir": "$dir/node-$n"},
  "database": {"url": "postgresql://127.0.0.1:$database_port/verstak", "user": "verstak", "passwordFile": "$dir/database.password",
               "tls": "disable"},
  "objects": {"kind": "s3", "endpoint": "http://127.0.0.1:$s3_port", "bucket": "verstak",
              "accessKeyFile": "$dir/access.key", "secretKeyFile": "$dir/secret.key"},
  "node": {"name": "node-$n", "drainSeconds": 5},
  "secrets": {"keyFile": "$dir/seal.key"},
  "metrics": {"enabled": false}
}
END
done
start_node() {
  java @conf/jvm.options -XX:SharedArchiveFile=target/verstak-server.jsa -jar target/verstak-server.jar serve \
    --config "$dir/node-$1.json" >>"$dir/node-$1.log" 2>&1 </dev/null &
  part[$!]=node-$1
}
pid_of() { for pid in "${!part[@]}"; do [ "${part[$pid]}" != "$1" ] || echo "$pid"; done; }
await_node() { until_true 60 "$(pid_of "node-$1")" "$dir/node-$1.log" grep -q 'listening on' "$dir/node-$1.log"; }
start_node 1
await_node 1
for ((n = 2; n <= nodes; n++)); do start_node $n; done
for ((n = 2; n <= nodes; n++)); do await_node $n; done

# The proxy. A request goes on to another node when its own cannot be reached.
{
  echo "daemon off; pid $dir/nginx.pid; error_log $dir/nginx.log; worker_processes 1; events { worker_connections 4096; }"
  [ "$(id -u)" != 0 ] || echo "user root;"
  cat <<END
http {
    access_log off;
    client_body_temp_path $dir/nginx-body; proxy_temp_path $dir/nginx-proxy; fastcgi_temp_path $dir/nginx-fastcgi;
    uwsgi_temp_path $dir/nginx-uwsgi; scgi_temp_path $dir/nginx-scgi;
    upstream verstak {
        hash \$http_authorization consistent;
$(for ((n = 1; n <= nodes; n++)); do echo "        server 127.0.0.1:${node_port[n]} max_fails=1 fail_timeout=1s;"; done)
        keepalive 32;
        keepalive_timeout 60s;
    }
    server {
        listen 127.0.0.1:$port;
        client_max_body_size 0;
        location / {
            proxy_pass http://verstak;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$http_host;
            proxy_set_header X-Forwarded-For \$remote_addr;
            proxy_set_header X-Forwarded-Proto \$scheme;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_connect_timeout 1s;
            proxy_read_timeout 60s;
        }
    }
}
END
} >"$dir/nginx.conf"
setsid nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/nginx.log" >>"$dir/nginx.log" 2>&1 </dev/null &
proxy=$!
part[$proxy]=nginx
until_true 60 $proxy "$dir/nginx.log" eval "(: 3<>/dev/tcp/127.0.0.1/$port)"

link=$(sed -n 's/.*no administrator yet: open \([^ ]*\) .*/\1/p' "$dir"/node-*.log | head -1)
echo "open ${link:-http://127.0.0.1:$port}"
for ((n = 1; n <= nodes; n++)); do
  echo "node-$n: http://127.0.0.1:${node_port[n]}, process $(pid_of node-$n), log $dir/node-$n.log"
done
echo "kill a node (kill -9 PROCESS) and it is back after a second; Ctrl-C ends all"

while :; do
  code=0
  wait -n -p died 2>/dev/null || code=$?
  [ $ending = no ] || exit
  what=${part[${died:?}]-}
  unset "part[$died]"
  [[ $what == node-* ]] || fail "$what ended ($code)" "$dir/${what:-none}.log"
  echo "$what ended ($code); it is started again"
  sleep 1
  start_node "${what#node-}"
done
