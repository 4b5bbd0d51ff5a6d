#!/bin/sh
# Sets the project up in the folder where it lies, for an image: run there. WARPNET_TENSORFLOW_SET=gpu takes the wheels with CUDA.
set -eu
cd "$(dirname "$0")/.."
make setup
# Everything that a later command reads is there now, and an image may be read-only.
chmod -R a+rX .
