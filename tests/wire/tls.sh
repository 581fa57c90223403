#!/usr/bin/env bash
# TLS, seen from outside: into a wrong certificate or an old protocol not one byte of a request is
# sent, and nothing of the environment has a say in where requests go, with what, or who can read them.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs openssl
[ -x "$TOP_BUILDDIR/tests/wire/tls_front" ] || skip_all "tls_front was not built (no cmocka)"

CERTIFICATES=$WORK/certificates
mkdir "$CERTIFICATES"
mkfifo "$WORK/silence" # s_server ends when its standard input does

# authority NAME: its key and certificate.
authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$CERTIFICATES/$1.key" -out "$CERTIFICATES/$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY DAYS SUBJECT_ALT_NAME
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$CERTIFICATES/$1.key" -out "$CERTIFICATES/$1.csr" 2>/dev/null
	openssl x509 -req -in "$CERTIFICATES/$1.csr" -CA "$CERTIFICATES/$2.pem" \
		-CAkey "$CERTIFICATES/$2.key" -CAcreateserial -days "$3" \
		-extfile <(echo "subjectAltName=$4") -out "$CERTIFICATES/$1.pem" 2>/dev/null
}

_listens() { grep -q '^ACCEPT ' server.out || ! kill -0 "$1" 2>/dev/null; }

# server NAME [OPTION...]: a TLS server that shows on its standard output every byte it decrypts.
# Sets PORT.
server()
{
	: >server.out
	# Its standard input is given inside: that of a job in the background is /dev/null.
	# shellcheck disable=SC2016 # the inner shell's
	in_background bash -c 'exec openssl s_server "$@" <>"$0"' "$WORK/silence" \
		-accept 127.0.0.1:0 -cert "$CERTIFICATES/$1.pem" -key "$CERTIFICATES/$1.key" \
		"${@:2}" >server.out 2>server.err
	SERVER=$BACKGROUND
	await 30 _listens "$SERVER"
	PORT=$(sed -n 's/^ACCEPT .*://p' server.out)
}

stop_server()
{
	kill "$SERVER" 2>/dev/null
	wait "$SERVER" 2>/dev/null
}

# What a request of ours would show: its first line, its header lines, its body.
has_request()
{
	grep -aqE 'HTTP/1|/api/|[Aa]uthorization|canary|import' server.out
}

authority trusted
authority another
certificate good trusted 2 IP:127.0.0.1
certificate expired trusted -1 IP:127.0.0.1
certificate elsewhere trusted 2 DNS:elsewhere.example,IP:127.0.0.2
certificate stranger another 2 IP:127.0.0.1
authority itself # its own authority, of which nobody knows

# a_load: three chunks for https://HOST:PORT, which trusts `trusted` only.
a_load()
{
	people 6
	URL="https://${HOST:-127.0.0.1}:$PORT" NATION="ca_file = \"$CERTIFICATES/trusted.pem\";" \
		RETRY='give_up = "10s";' job
}

# refuses SENTENCE WHY CERTIFICATE [OPTION...]: not a byte goes to such a server, the chunks stay
# planned, and the run ends with 76 and says why.
refuses()
{
	scene "refused-$3-${4:-}${HOST:-}"
	server "$3" "${@:4}"
	a_load
	runs 76 "$1: exit code"
	err_has "$1: why" "$2"
	if has_request; then
		fail "$1: not a byte of a request was sent" "$(cat -v server.out)"
	else
		pass "$1: not a byte of a request was sent"
	fi
	is "$1: every chunk is planned" "planned planned planned" "$(words state)"
	is "$1: the journal says so" "" \
		"$(rollcall log job.cfg | grep -E 'request_bytes=|handed_bytes=|http_status=')"
	is "$1: as of every attempt that it has" "$(rollcall log job.cfg | grep -c ' submit_started ')" \
		"$(rollcall log job.cfg | grep -c ' submit_not_sent ')"
	stop_server
}

# ---- the control: such a server does show what it is sent
scene control
server good
a_load
in_background rollcall run job.cfg >run.out 2>run.err
ok "a good certificate is sent a request, and the server shows it" await 30 has_request
kill -KILL "$BACKGROUND"
stop_server
wait "$BACKGROUND" 2>/dev/null

refuses "an expired certificate" "certificate has expired" expired
refuses "a certificate for another host" "no alternative certificate subject name matches" elsewhere
HOST=localhost refuses "a certificate for an address, not its name" \
	"no alternative certificate subject name matches" good
refuses "an unknown authority" "unable to get local issuer certificate" stranger
refuses "a certificate that signed itself" "self-signed certificate" itself

# Debian's OpenSSL speaks the old ones only when it is begged to.
old='ALL:@SECLEVEL=0'
_speaks_old()
{
	openssl s_client -connect "127.0.0.1:$PORT" "$1" -cipher "$old" -CAfile \
		"$CERTIFICATES/trusted.pem" -verify_return_error </dev/null >/dev/null 2>&1
}
for version in tls1 tls1_1; do
	scene "old-$version"
	server good -$version -cipher "$old"
	if _speaks_old -$version; then
		stop_server
		refuses "$version only" "alert protocol version" good -$version -cipher "$old"
	else
		stop_server
		skip "$version only" "this OpenSSL does not speak it"
	fi
done

# What answers at the port speaks no TLS at all.
scene clear
PORT=${SANDBOX_URL##*:}
a_load
runs 76 "a server without TLS: exit code"
is "a server without TLS: no POST, every chunk is planned" "0: planned planned planned" \
	"$(posts): $(words state)"

# ---- a load over TLS, and what the environment would like
# front: TLS before the scene's nation; sets PORT.
front()
{
	: >front.out
	in_background "$TOP_BUILDDIR/tests/wire/tls_front" "${SANDBOX_URL##*:}" front.pem >front.out
	await 30 grep -q READY front.out
	PORT=$(sed -n 's/^READY .*://p' front.out)
	people 6
	URL="https://127.0.0.1:$PORT" NATION='ca_file = "front.pem";' job
}

# A proxy of the environment that is used would hear something; this port hears for it.
scene environment
front
server good
trap_port=$PORT
PORT=$(sed -n 's/^READY .*://p' front.out)
mkdir home
printf 'machine 127.0.0.1 login canary-login password canary-password\n' >home/.netrc
cp home/.netrc home/_netrc
environment=(env HOME="$PWD/home" NETRC="$PWD/home/.netrc" SSLKEYLOGFILE="$PWD/keys"
	http_proxy="http://127.0.0.1:$trap_port" https_proxy="http://127.0.0.1:$trap_port"
	HTTPS_PROXY="http://127.0.0.1:$trap_port" ALL_PROXY="socks5://127.0.0.1:$trap_port"
	all_proxy="socks5://127.0.0.1:$trap_port" no_proxy= NO_PROXY=)
exits 0 "the control: curl obeys the key log" "${environment[@]}" curl -sS --noproxy '*' \
	--cacert front.pem "https://127.0.0.1:$PORT/sandbox/people/count"
ok "so that whoever has the file can read along" grep -q CLIENT_ keys
"${environment[@]}" curl -sS --max-time 5 --cacert front.pem "https://127.0.0.1:$PORT/" >/dev/null 2>&1
is "the control: curl obeys the proxy" yes "$(grep -q -e ERROR -e CONNECT -e wrong server.out server.err && echo yes)"
stop_server
rm -f keys
exits 0 "a load over TLS finishes, whatever the environment says" \
	"${environment[@]}" timeout --foreground -k 5 60 "$ROLLCALL" run job.cfg
is "each chunk was sent once" "3 3: done done done" "$(posts) $(imports): $(words state)"
is "no key log was written" no "$([ -e keys ] && echo yes || echo no)"
is "over TLS, which the evidence shows" 3 \
	"$(rollcall log job.cfg | grep submit_accepted | grep "peer_address=\"127.0.0.1:$PORT\"" | grep -c ' tls_ms=')"
is "each over a connection of its own" 3 \
	"$(rollcall log job.cfg | grep submit_accepted | grep -c ' connects=1 ')"

finish
