/* address.h - the addresses that a job file may name: of a nation, of a proxy. Pure; nothing is
 * looked up. */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include "runner/base/span.h"

struct address {
	struct span base;      /* without a slash at its end */
	struct span authority; /* HOST or HOST:PORT */
};

/* https://HOST[:PORT] anywhere, http only where nothing leaves this computer: localhost,
 * 127.0.0.0/8, [::1]. No user, path or query. Returns NULL, or why not, in words, *address
 * untouched. */
const char *address_of_nation(struct span text, struct address *address);

/* http https socks5 socks5h, HOST[:PORT]. A name and password is refused: job files are read by
 * more people than secrets. */
const char *address_of_proxy(struct span text);

/* The nation's name: lower-case letters, digits, hyphens inside; at most 63 bytes (RFC 1035). */
const char *address_slug(struct span text);

#endif
