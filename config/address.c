#include "platform.h"

#include <stdbool.h>
#include <string.h>

#include "config/address.h"
#include "runner/base/number.h"
#include "runner/base/scoped.h"

struct parts {
	struct span scheme, authority, host;
};

static bool
is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool
all_of(struct span text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr(bytes, text.ptr[i]) || text.ptr[i] == '\0')
			return false;
	}
	return text.len > 0;
}

static bool
is_host_name(struct span host)
{
	return all_of(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") &&
	    host.ptr[0] != '-' && host.ptr[0] != '.';
}

static bool
is_port(struct span text)
{
	uint64_t port;

	return number_u64(text, &port) == 0 && port >= 1 && port <= 65535;
}

/* Takes HOST or [V6] off the front of *rest. */
static bool
take_host(struct span *rest, struct span *host)
{
	const char *end;

	if (!span_starts(*rest, "[")) {
		end = rest->len ? memchr(rest->ptr, ':', rest->len) : NULL;
		host->ptr = rest->ptr;
		host->len = end ? (size_t)(end - rest->ptr) : rest->len;
		rest->ptr += host->len;
		rest->len -= host->len;
		return is_host_name(*host);
	}
	end = memchr(rest->ptr, ']', rest->len);
	if (!end)
		return false;
	*host = (struct span){ rest->ptr, (size_t)(end - rest->ptr) + 1 };
	rest->ptr += host->len;
	rest->len -= host->len;
	return all_of((struct span){ host->ptr + 1, host->len - 2 }, "0123456789abcdefABCDEF:.");
}

static const char *
split(struct span text, struct parts *parts)
{
	const char *mark = text.len ? memmem(text.ptr, text.len, "://", 3) : NULL;
	struct span rest;

	if (!mark)
		return "begin it with https://";
	parts->scheme = (struct span){ text.ptr, (size_t)(mark - text.ptr) };
	rest = (struct span){ mark + 3, text.len - parts->scheme.len - 3 };
	if (rest.len && memchr(rest.ptr, '@', rest.len))
		return "no name or password stands in an address";
	if (rest.len && rest.ptr[rest.len - 1] == '/')
		rest.len--;
	if (rest.len && (memchr(rest.ptr, '/', rest.len) || memchr(rest.ptr, '?', rest.len) ||
			    memchr(rest.ptr, '#', rest.len)))
		return "only HOST or HOST:PORT stands after the ://";
	parts->authority = rest;
	if (!take_host(&rest, &parts->host))
		return "that is no host name";
	if (rest.len && (rest.ptr[0] != ':' || !is_port((struct span){ rest.ptr + 1, rest.len - 1 })))
		return "a port is a number from 1 to 65535";
	return NULL;
}

/* 127.A.B.C, each part as a plain number: 127.evil.example is a name. */
static bool
is_loopback_v4(struct span host)
{
	unsigned count = 0;
	uint64_t number;

	if (!span_starts(host, "127."))
		return false;
	while (host.ptr) {
		struct span part = span_next(&host, '.');

		if (part.len > 3 || number_u64(part, &number) || number > 255)
			return false;
		count++;
	}
	return count == 4;
}

static bool
is_loopback(struct span host)
{
	return span_equal_nocase(host, span_of("localhost")) || span_is(host, "[::1]") ||
	    is_loopback_v4(host);
}

const char *
address_of_nation(struct span text, struct address *address)
{
	struct parts parts;
	const char *fault = split(text, &parts);
	size_t end;

	if (fault)
		return fault;
	if (!span_is(parts.scheme, "https") && !span_is(parts.scheme, "http"))
		return "begin it with https://";
	if (span_is(parts.scheme, "http") && !is_loopback(parts.host))
		return "http would show the token to everyone on the way: write https://";
	end = (size_t)(parts.authority.ptr - text.ptr) + parts.authority.len;
	*address = (struct address){ { text.ptr, end }, parts.authority };
	return NULL;
}

const char *
address_of_proxy(struct span text)
{
	static const char *const schemes[] = { "http", "https", "socks5", "socks5h" };
	struct parts parts;
	const char *fault = split(text, &parts);

	for (size_t i = 0; !fault && i < ARRAY_COUNT(schemes); i++) {
		if (span_is(parts.scheme, schemes[i]))
			return NULL;
	}
	return fault ? fault : "a proxy is http:// https:// socks5:// or socks5h://";
}

const char *
address_slug(struct span text)
{
	enum { LONGEST = 63 };

	if (text.len == 0 || text.len > LONGEST)
		return "write the part before .nationbuilder.com";
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
			return "a slug is in lower case";
		if (text.ptr[i] == '.' || text.ptr[i] == '/')
			return "write only the part before .nationbuilder.com";
		if (!is_label_byte(text.ptr[i]))
			return "a slug has lower-case letters, digits and hyphens";
	}
	if (text.ptr[0] == '-' || text.ptr[text.len - 1] == '-')
		return "a slug neither begins nor ends with a hyphen";
	return NULL;
}
