#!/usr/bin/env bash
# Makes the stream and the buckets at a hub, with the nats CLI; arguments are
# those of nats, such as --server tls://hub:4222 --user operator --password …
# Those that are there, such as an agent's on an open hub, get the same limits.
# EVIDENCE_SIZE is how much the pictures may take (20GB).
set -euo pipefail
nats="${NATS:-nats} $*"

# limit KIND NAME OPTION… adds a stream or bucket, or edits it where it is there.
limit() {
  kind=$1 name=$2
  shift 2
  if $nats "$kind" info "$name" >/dev/null 2>&1; then
    verb=edit also=
    [ "$kind" != stream ] || also=--force
  else
    verb=add also='--storage file'
    [ "$kind" != stream ] || also="$also --defaults"
  fi
  $nats "$kind" "$verb" "$name" "$@" $also
}
limit stream QC --subjects 'qc.*.*.*.result,qc.*.*.*.state,qc.*.*.*.alarm' \
  --retention limits --discard old --max-age 90d --dupe-window 2m --allow-direct
limit object qc-evidence --ttl 90d --max-bucket-size "${EVIDENCE_SIZE:-20GB}"
limit kv qc-prompts --history 16 --max-value-size 262144
limit kv qc-presence --max-value-size 4096 --max-bucket-size 4MB --marker-ttl 168h
