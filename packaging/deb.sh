#!/usr/bin/env bash
# Builds one Debian package out of a binary: deb.sh ARCH BINARY VERSION OUT. Two builds of one
# commit are the same to the byte: every time in them is SOURCE_DATE_EPOCH, and every owner root.
set -euo pipefail
arch=$1 binary=$2 version=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)
: "${SOURCE_DATE_EPOCH:?the time of the commit, in Unix seconds}"
export SOURCE_DATE_EPOCH
command -v dpkg-deb >/dev/null || { echo "make deb needs dpkg-deb: sudo apt-get install dpkg"; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
put() { install -D -m "$1" "$2" "$root/$3"; }
put 0755 "$binary" usr/bin/breakwater
put 0644 "$here/breakwater.service" lib/systemd/system/breakwater.service
put 0644 "$here/env" usr/share/breakwater/env
for doc in README.md CHANGELOG.md SECURITY.md NOTICE; do put 0644 "$here/../$doc" "usr/share/doc/breakwater/$doc"; done
put 0644 "$here/../LICENSE" usr/share/doc/breakwater/copyright
for guide in INSTALL.md STANDBY.md; do put 0644 "$here/$guide" "usr/share/doc/breakwater/$guide"; done
put 0644 "$here/../handlers/ocean/testdata/add-service-request.json" usr/share/doc/breakwater/examples/referral.json
for example in "$here"/examples/*; do put 0644 "$example" "usr/share/doc/breakwater/examples/$(basename "$example")"; done

for script in config preinst postinst prerm postrm; do
	[ ! -f "$here/debian/$script" ] || put 0755 "$here/debian/$script" "DEBIAN/$script"
done
put 0644 "$here/debian/templates" DEBIAN/templates
size=$(du -sk --apparent-size "$root/usr" "$root/lib" | awk '{n += $1} END {print n}')
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" "$here/debian/control" >"$root/DEBIAN/control"
chmod 0644 "$root/DEBIAN/control"
(cd "$root" && find usr lib -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
find "$root" -type d -exec chmod 0755 {} +
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$(dirname "$out")"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out" >/dev/null
echo "$out"
