#!/usr/bin/env bash
# What the package does, in a throw-away Debian: installed with answers given beforehand, used,
# upgraded on a real data folder, removed, installed again, purged. Needs root, and debootstrap
# unless BREAKWATER_TEST_ROOT names a folder that holds a Debian already (a copy of it is used). The
# mirror is this machine's own, or BREAKWATER_TEST_MIRROR.
#   test.sh PACKAGE.deb
set -euo pipefail
package=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "this test wants root, for a Debian of its own"; exit 1; }
work=$(mktemp -d)
running=
cleanup() {
	[ -z "$running" ] || kill "$running" 2>/dev/null || true
	wait 2>/dev/null || true
	for dir in proc sys; do ! mountpoint -q "$work/root/$dir" || umount "$work/root/$dir"; done # also what a broken debootstrap left
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT
root=$work/root
# mirror_of is the mirror that this machine has Debian from, in either form of apt's lists; what is
# commented out, signed by somebody else, or holds security updates alone, is none.
mirror_of() {
	[ -z "${BREAKWATER_TEST_MIRROR:-}" ] || { echo "$BREAKWATER_TEST_MIRROR"; return; }
	sed -nE '/^(URIs:|deb )/s/.*[[:space:]](https?:\/\/[^[:space:]]+\/debian)\/?([[:space:]].*)?$/\1/p' "$@" 2>/dev/null | head -n 1 || true # a list that is not there is none
}
if [ -n "${BREAKWATER_TEST_ROOT:-}" ]; then
	cp -a "$BREAKWATER_TEST_ROOT" "$root"
else
	command -v debootstrap >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends debootstrap debian-archive-keyring; } >/dev/null
	mirror=$(mirror_of /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources)
	from=${mirror:-the mirror that debootstrap knows}
	echo "# a throw-away Debian from $from"
	debootstrap --variant=minbase --include=systemd,adduser,debconf,openssl bookworm "$root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 ||
		{ tail "$work/debootstrap.log" >&2; echo "no Debian could be made from $from: name another with BREAKWATER_TEST_MIRROR=http://..., or a folder with a Debian with BREAKWATER_TEST_ROOT" >&2; exit 1; }
fi
mount -t proc proc "$root/proc"

n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
fail() { echo "not ok - $1" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: '$2', want '$3'"; ok "$1"; }
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
mode() { in_root stat -c "%a %U:%G" "/$1"; }
serve() { # as the unit does, without systemd
	chroot --userspec=breakwater:breakwater "$root" env -i PATH=/usr/bin breakwater serve >"$work/serve.log" 2>&1 &
	running=$!
	for _ in $(seq 200); do
		code=$(curl -ks -o /dev/null -w '%{http_code}' "https://127.0.0.1:$port/readyz" || true)
		[ "$code" != 200 ] || return 0
		kill -0 "$running" 2>/dev/null || break
		sleep 0.1
	done
	cat "$work/serve.log"
	fail "serve is not ready"
}
stop() { kill "$running"; wait "$running" || true; running=; }

port=$((20000 + RANDOM % 20000))
cp "$package" "$root/tmp/new.deb"
# The same program as an older version, so that there is something to upgrade from.
dpkg-deb -R "$package" "$work/old" && sed -i 's/^Version: .*/Version: 0~0/' "$work/old/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/old" "$root/tmp/old.deb" >/dev/null

if said=$(in_root env BREAKWATER_LISTEN="0.0.0.0:$port" BREAKWATER_BASE_URL="clinic.example" dpkg -i /tmp/old.deb 2>&1); then fail "a base URL that is none was taken"; fi
case $said in *'BREAKWATER_BASE_URL cannot be "clinic.example"'*) ok "a wrong answer ends the installation, and is named" ;; *) fail "installing said: $said" ;; esac
[ ! -e "$root/etc/breakwater/env" ] || fail "a configuration was written all the same"

# "0.0.0.0" stands for an address of the clinic's network: plain HTTP would be refused there.
said=$(in_root env BREAKWATER_LISTEN="0.0.0.0:$port" BREAKWATER_BASE_URL="https://127.0.0.1:$port" dpkg -i /tmp/old.deb 2>&1)
case $said in *"sudo breakwater setup-link"*) ok "it says how to get the first-run link" ;; *) fail "installing said: $said" ;; esac
case $said in *adduser* | *arning*) fail "installing complains: $said" ;; esac
is "data folder" "$(mode var/lib/breakwater)" "700 breakwater:breakwater"
is "master key" "$(mode etc/breakwater/master.key)" "600 breakwater:breakwater"
is "configuration" "$(mode etc/breakwater/env)" "640 root:breakwater"
is "certificate's key" "$(mode etc/breakwater/tls/key.pem)" "600 breakwater:breakwater"
in_root systemd-analyze verify /lib/systemd/system/breakwater.service 2>&1 | grep -i breakwater && fail "systemd complains of the unit"
ok "systemd takes the unit"
exposure=$(in_root systemd-analyze security --offline=yes --no-pager /lib/systemd/system/breakwater.service | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/\1/p')
awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 2.0) }' || fail "systemd's exposure level is '$exposure'"
ok "systemd's exposure level is $exposure of 10"

link=$(in_root breakwater setup-link | tail -1) # as root, before the service ever ran
case $link in "https://127.0.0.1:$port/setup?token="*) ok "the first-run link leads to the address that was given" ;; *) fail "link: $link" ;; esac
serve
is "the link opens over TLS" "$(curl -ks -o /dev/null -w '%{http_code}' "$link")" 200
in_root breakwater ocean set --site-number 1234
key=$(in_root breakwater ocean generate-key)
is "a referral is taken" "$(curl -ks -o /dev/null -w '%{http_code}' -H "Referral-Integration-API-Key: $key" \
	-H 'Content-Type: application/fhir+json' --data-binary @"$root/usr/share/doc/breakwater/examples/referral.json" \
	"https://127.0.0.1:$port/public/ocean/fhir_bundles")" 200
stop

before=$(in_root breakwater status --json | grep -E '"(referrals|messages|site_number)"')
in_root dpkg -i /tmp/new.deb >"$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log"; fail "upgrade"; }
is "an upgrade says nothing of a first run" "$(grep -c setup-link "$work/upgrade.log" || true)" 0
serve
is "after the upgrade everything is there" "$(in_root breakwater status --json | grep -E '"(referrals|messages|site_number)"')" "$before"
in_root breakwater audit verify >/dev/null && ok "the audit log is whole"
stop
[ -z "$(find "$root/var/lib/breakwater" ! -uid "$(in_root id -u breakwater)")" ] || fail "some data belongs to somebody else"
ok "all data belongs to the service"

# The machine is destroyed. What is left: the package, a copy of the master key, a backup. INSTALL.md says the rest.
cp "$root/etc/breakwater/master.key" "$work/usb.key"
head=$(in_root breakwater backup /root/b.age | sed -n 's/.* head \([0-9a-f]\{64\}\)$/\1/p')
in_root breakwater restore --check /root/b.age >/dev/null && ok "a backup is made, and can be restored"
in_root env BREAKWATER_PURGE_DATA=true dpkg -P breakwater >/dev/null 2>&1
in_root deluser --quiet breakwater >/dev/null 2>&1 || true
rm -rf "$root/var/lib/breakwater" "$root/etc/breakwater"
began=$(date +%s)
said=$(in_root env LC_ALL=fr_CA.UTF-8 BREAKWATER_LISTEN="0.0.0.0:$port" BREAKWATER_BASE_URL="https://127.0.0.1:$port" dpkg -i /tmp/new.deb 2>&1)
case $said in *"Breakwater est installé."*) ok "installing says it in French too" ;; *) fail "installing said: $said" ;; esac
serve # the new installation begins with an empty database
cat "$work/usb.key" >"$root/etc/breakwater/master.key"
if said=$(in_root breakwater restore --replace /root/b.age 2>&1); then fail "it restored over a database in use"; fi
case $said in *"systemctl stop breakwater"*) ok "while it runs nothing is restored over it" ;; *) fail "restore said: $said" ;; esac
stop
in_root breakwater restore --replace /root/b.age >/dev/null
serve
took=$(($(date +%s) - began))
[ "$took" -lt 300 ] || fail "from a bare machine to serving again it took $took s"
ok "from a bare machine to serving again: $took s"
is "everything is there again" "$(in_root breakwater status --json | grep -E '"(referrals|messages|site_number)"')" "$before"
in_root breakwater audit verify --head "$head" >/dev/null && ok "the audit log is whole, and goes on from the backup's"
is "Ocean's key still opens" "$(curl -ks -o /dev/null -w '%{http_code}' -H "Referral-Integration-API-Key: $key" \
	-H 'Content-Type: application/fhir+json' --data-binary @"$root/usr/share/doc/breakwater/examples/referral.json" \
	"https://127.0.0.1:$port/public/ocean/fhir_bundles")" 200
stop
[ -z "$(find "$root/var/lib/breakwater" ! -uid "$(in_root id -u breakwater)")" ] || fail "some restored data belongs to somebody else"
ok "all restored data belongs to the service"

# An administrator who puts the key there first, as root, does no harm.
in_root dpkg -r breakwater >/dev/null 2>&1
in_root chown root:root /etc/breakwater/master.key
in_root dpkg -i /tmp/new.deb >/dev/null 2>&1
is "a key that root put there is the service's" "$(mode etc/breakwater/master.key)" "600 breakwater:breakwater"

in_root dpkg -r breakwater >/dev/null 2>&1
is "removing keeps the data" "$(in_root ls /var/lib/breakwater/breakwater.db)" /var/lib/breakwater/breakwater.db
in_root dpkg -i /tmp/new.deb >/dev/null 2>&1
is "installed again it goes on" "$(in_root breakwater status --json | grep -E '"(referrals|messages|site_number)"')" "$before"

in_root mv /etc/breakwater/env /etc/breakwater/env.before
in_root env BREAKWATER_LISTEN="0.0.0.0:$port" BREAKWATER_BASE_URL="https://breakwater.clinic.example:$port" dpkg-reconfigure breakwater >/dev/null 2>&1
is "another address has its own certificate" "$(in_root openssl x509 -in /etc/breakwater/tls/cert.pem -noout -ext subjectAltName | tail -1 | tr -d ' ')" DNS:breakwater.clinic.example
in_root openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=own -keyout /etc/breakwater/tls/key.pem -out /etc/breakwater/tls/cert.pem 2>/dev/null
in_root rm /etc/breakwater/env
in_root dpkg-reconfigure breakwater >/dev/null 2>&1
is "a certificate of the clinic's own is left alone" "$(in_root openssl x509 -in /etc/breakwater/tls/cert.pem -noout -subject | tr -d ' ')" subject=CN=own

in_root dpkg -P breakwater >/dev/null 2>&1
is "purging without an answer keeps data and key" "$(in_root ls /etc/breakwater/master.key)" /etc/breakwater/master.key
in_root dpkg -i /tmp/new.deb >/dev/null 2>&1
in_root env BREAKWATER_PURGE_DATA=true dpkg -P breakwater >/dev/null 2>&1
[ ! -e "$root/var/lib/breakwater" ] && [ ! -e "$root/etc/breakwater" ] || fail "purging with a yes left something"
ok "purging with a yes removes data and key"
in_root env BREAKWATER_LISTEN="192.0.2.7:$port" dpkg -i /tmp/new.deb >/dev/null 2>&1
is "https is offered at the address that was given" "$(grep BASE_URL "$root/etc/breakwater/env")" "BREAKWATER_BASE_URL=https://192.0.2.7:$port"
echo "$n passed, 0 failed"
