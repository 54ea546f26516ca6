#!/usr/bin/env bash
# Makes the stream and the buckets at a hub, with the nats CLI; arguments are
# those of nats, such as --server tls://hub:4222 --user operator --password …
# EVIDENCE_SIZE is how much the pictures may take (20GB).
set -euo pipefail
nats="${NATS:-nats} $*"
$nats stream add QC --subjects 'qc.*.*.*.result,qc.*.*.*.state,qc.*.*.*.alarm' \
  --storage file --retention limits --discard old --max-age 90d --dupe-window 2m --allow-direct --defaults
$nats object add qc-evidence --storage file --ttl 90d --max-bucket-size "${EVIDENCE_SIZE:-20GB}"
$nats kv add qc-prompts --storage file --history 16 --max-value-size 262144
$nats kv add qc-presence --storage file --max-value-size 4096 --max-bucket-size 4MB --marker-ttl 168h
