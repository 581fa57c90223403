#!/usr/bin/env bash
# What the README promises a new user, on a bare Debian 12: a minimal system in a folder of its own,
# a clean copy of the repository's files, and the two commands. Root, network, ten minutes.
# The system is on disk: with its packages it is larger than some computers' memory.
TMPDIR=${TMPDIR:-/var/tmp}
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
[ "${ROLLCALL_LONG:-0}" = 1 ] || skip_all "only in make check-long"
[ "$(id -u)" -eq 0 ] || skip_all "making a system needs root"
needs debootstrap git unshare
git -C "$TOP_SRCDIR" rev-parse --verify -q HEAD >/dev/null || skip_all "not a git checkout"

system=$WORK/system
debootstrap --variant=minbase bookworm "$system" >debootstrap.log 2>&1 ||
	skip_all "debootstrap failed: $(tail -n 1 debootstrap.log)"

# Where apt finds packages is this machine's matter; everything else is bare.
rm -f "$system/etc/apt/sources.list"
cp -R /etc/apt/sources.list* "$system/etc/apt/"
grep -rl 'Acquire' /etc/apt/apt.conf.d | xargs -r cp -t "$system/etc/apt/apt.conf.d"
cp /etc/resolv.conf /etc/hosts "$system/etc/"
rm -rf "$system"/var/lib/apt/lists/*
mkdir "$system/home/rollcall"
git -C "$TOP_SRCDIR" ls-files -z | tar -C "$TOP_SRCDIR" --null -T - -cf - |
	tar -C "$system/home/rollcall" -xf -

# inside COMMAND...: in the system, with mounts and processes that end with the command.
inside()
{
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork --kill-child -- sh -c '
		mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" || exit 99
		root=$0
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			sh -c "cd /home/rollcall && exec \"\$@\"" sh "$@"
		' "$system" "$@"
}

exits 1 "a plain user without sudo is told what to install, and nothing is changed" \
	inside setpriv --reuid=65534 --clear-groups ./quickstart demo
err_has "by the packages' names" "apt-get install --no-install-recommends gcc"
exits 0 "the demo runs from nothing" inside ./quickstart demo
exits 0 "every test passes there" inside ./quickstart test
file_has "and there were some" out " passed, 0 failed, "
exits 0 "a second time installs nothing" inside ./quickstart build
file_lacks "and does not configure again" out "configuring"

finish
