/* tls.h - the server's side of TLS for a test that stands in the way of a client: a key and a
 * certificate for 127.0.0.1 made on the spot, its own authority. */
#ifndef TESTS_WIRE_TLS_H
#define TESTS_WIRE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tls;

/* Writes the certificate to `path`, for the client's ca_file. Asserts. */
struct tls *tls_new(const char *path);
void tls_free(struct tls *tls);

struct tls_link;

/* Shakes hands over a connected socket, which stays the caller's. NULL if that failed. */
struct tls_link *tls_accept(struct tls *tls, int fd);

/* As recv() and send(). */
ssize_t tls_read(struct tls_link *link, void *to, size_t most);
ssize_t tls_write(struct tls_link *link, const void *from, size_t len);

bool tls_has_more(struct tls_link *link); /* decrypted bytes that poll() does not know of */
void tls_close(struct tls_link *link);    /* says that nothing more comes */
void tls_link_free(struct tls_link *link);

/* The last use by a thread that nobody waits for: what the library keeps for it would go only when the
 * thread has ended, which the end of the process may forestall (LeakSanitizer notices). */
void tls_leave_thread(void);

#endif
