#!/bin/sh
# Users and databases, made once, on an empty data volume.
set -eu
sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres "$@"; }
user() {
  # By a variable: an argument would appear in lists of processes.
  PASSWORD=$(cat "/run/secrets/$1.password")
  test -n "$PASSWORD"
  export PASSWORD
  sql --set=name="$1" <<'SQL'
\getenv password PASSWORD
CREATE ROLE :"name" LOGIN PASSWORD :'password';
SQL
}
database() {
  sql --set=name="$1" <<'SQL'
CREATE DATABASE :"name";
SQL
}
owner() {
  sql --set=name="$1" --set=owner="$2" <<'SQL'
ALTER DATABASE :"name" OWNER TO :"owner";
SQL
}
user 'iot'
database 'iot'
owner 'iot' 'iot'
