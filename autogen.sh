#!/bin/sh
# Makes ./configure. Needs autoconf, automake, autoconf-archive and pkg-config.
set -e
cd "$(dirname "$0")"
for tool in autoreconf automake pkg-config; do
	command -v $tool >/dev/null 2>&1 || {
		echo "autogen.sh: $tool is missing.  On Debian or Ubuntu:" >&2
		echo "  apt-get install autoconf automake autoconf-archive pkg-config" >&2
		exit 1
	}
done
exec autoreconf --install --force --warnings=all
