#!/bin/sh
# Runs a program in another system: enter.sh <root> <parts> <command> …
# Called in a mount namespace of its own. The folders in <parts> (app, etc, tmp) lie over those of the system; the network
# is this machine's.
set -e
root=$1
parts=$2
shift 2
for part in app etc tmp; do mount --bind "$parts/$part" "$root/$part"; done
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec unshare --root="$root" --wd=/app "$@"
