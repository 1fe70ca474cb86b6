#!/bin/sh
# The password stands in a file, which valkey-server cannot read itself; by standard input it
# appears in no list of processes.
set -eu
settings=$(cat /etc/valkey/valkey.conf)
password=$(cat /run/secrets/default.password)
# An empty one would open the server to everybody.
test -n "$password"
exec valkey-server - <<CONF
$settings
requirepass "$password"
CONF
