#!/bin/sh
# Without identities the gateway accepts any key: they are made from the secrets first.
set -eu
umask 0077
access_key=$(cat /run/secrets/s3.access-key)
secret_key=$(cat /run/secrets/s3.secret-key)
test -n "$access_key"
test -n "$secret_key"
cat >/tmp/s3.json <<JSON
{
  "identities": [
    {
      "name": "clients",
      "credentials": [
        {
          "accessKey": "$access_key",
          "secretKey": "$secret_key"
        }
      ],
      "actions": ["Read", "Write", "List", "Tagging"]
    }
  ]
}
JSON
# Buckets are made by the shell of the store, as soon as its filer answers.
make_buckets() {
  until wget -q -O /dev/null http://127.0.0.1:8888/; do sleep 2; done
  weed shell -master=127.0.0.1:9333 <<SHELL
s3.bucket.create -name artefacts
s3.bucket.versioning -name artefacts -enable
SHELL
}
make_buckets &
# Only the S3 gateway asks for a key: everything behind it listens on this pod alone.
exec weed server -dir=/data -ip=127.0.0.1 -ip.bind=127.0.0.1 -master.volumeSizeLimitMB=1024 \
  -volume.max=0 -filer -s3 -s3.ip.bind=0.0.0.0 -s3.port=8333 -s3.config=/tmp/s3.json \
  -metricsIp=0.0.0.0 -metricsPort=9327
