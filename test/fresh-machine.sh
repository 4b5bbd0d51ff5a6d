#!/usr/bin/env bash
# By hand, as root, with debootstrap: do README's two commands work on a machine that has nothing but Debian 13, and do the
# steps of the images?
#
#   test/fresh-machine.sh [FOLDER]          FOLDER: where the machine is made (a new one in /tmp); kept, and used again
#   ARGS='--profile quick --only WRN-13-1' test/fresh-machine.sh     less work than all of it
#
# The machine is a chroot: its own files, this one's kernel, processors and network. The commit that is checked out is cloned into it.
# Certificates that this machine trusts beyond Debian's (/usr/local/share/ca-certificates) are trusted there too. No container engine
# is needed or tried: `Containerfile` and `container/apptainer.def` run the same two scripts, container/packages.sh and install.sh.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
machine=${1:-$(mktemp -d /tmp/fresh-machine.XXXXXX)}
[ "$(id -u)" = 0 ] || { echo 'This needs root: debootstrap and chroot do.' >&2; exit 1; }
command -v debootstrap >/dev/null || { echo 'This needs debootstrap: apt-get install debootstrap' >&2; exit 1; }

stage() { # NAME COMMAND...
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "== $name: $((SECONDS - began)) s"
}

# A clean environment, but for what says how to reach the network.
inside() { # COMMAND
  local names=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY) passed=() name
  for name in "${names[@]}"; do [ -z "${!name-}" ] || passed+=("$name=${!name}"); done
  chroot "$machine" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    "${passed[@]}" ${certificates:+NODE_EXTRA_CA_CERTS=$certificates PIP_CERT=$certificates} ARGS="${ARGS-}" bash -c "$1"
}

mounted=()
unmount() { for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount -l "${mounted[i]}"; done; }
trap unmount EXIT

stage 'Debian 13' bash -c "[ -e '$machine/etc/debian_version' ] || debootstrap --variant=minbase trixie '$machine' >'$machine.log' 2>&1"
mount --bind /proc "$machine/proc" && mounted+=("$machine/proc")
mount --bind /dev "$machine/dev" && mounted+=("$machine/dev")
mount --bind /sys "$machine/sys" && mounted+=("$machine/sys")
cp /etc/resolv.conf "$machine/etc/resolv.conf"
cp /etc/hosts "$machine/etc/hosts"

certificates=
install -D "$source/container/packages.sh" "$machine/opt/packages.sh"
stage 'packages' inside 'sh /opt/packages.sh'
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
  cp /usr/local/share/ca-certificates/*.crt "$machine/usr/local/share/ca-certificates/"
  inside 'update-ca-certificates' >/dev/null 2>&1
  certificates=/etc/ssl/certs/ca-certificates.crt
fi
inside 'node --version; npm --version; python3 -m pip --version'

rm -rf "$machine/root/warpnet-tables" "$machine/opt/warpnet-tables" "$machine/opt/warpnet-cache" "$machine/tmp/source"
git clone --quiet --bare "$source" "$machine/tmp/source"
inside 'git clone --quiet /tmp/source /root/warpnet-tables'
stage 'make table2' inside 'cd /root/warpnet-tables && make table2'
stage 'npm run reproduce -- --all' inside 'cd /root/warpnet-tables && npm run reproduce -- --all $ARGS'

# The images: a clone elsewhere with a cache of its own; then as a user who may write to the reports and nothing else.
inside 'git clone --quiet /tmp/source /opt/warpnet-tables'
stage 'the steps of the images' inside 'WARPNET_CACHE=/opt/warpnet-cache WARPNET_TENSORFLOW_SET=cpu sh /opt/warpnet-tables/container/install.sh'
inside 'id reader >/dev/null 2>&1 || useradd --create-home reader; install -d -o reader /reports'
stage 'a table in the image' inside 'cd /opt/warpnet-tables && exec setpriv --reuid=reader --regid=reader --init-groups env HOME=/home/reader \
  WARPNET_CACHE=/opt/warpnet-cache WARPNET_SKIP_SETUP=1 WARPNET_REPORTS_FOLDER=/reports WARPNET_DATA_CACHE=/reports/data \
  node bootstrap/reproduce.mjs table2 --profile quick --only WRN-13-1'
echo "All of it works on the machine in $machine"
