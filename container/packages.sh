#!/bin/sh
# What the project needs of a Debian 13 that has nothing: run as root. The images and test/fresh-machine.sh share it.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates nodejs npm python3-pip g++ make git >/dev/null
apt-get clean
rm -rf /var/lib/apt/lists/*
