/* client.h - the nation over HTTP: the real nation_port.
 *
 * Sends exactly as replies.md says. A POST has a connection of its own, which a kill or a cut
 * resets, is never sent a second time by the library, and never follows a redirect; its body is
 * streamed from the source. GETs share connections. HTTP/1.1 only; https only, but for loopback; no
 * proxy, netrc or environment unless the job says so.
 *
 * One thread; nothing happens outside of wait(). Time limits run by the client's own clock:
 *     connect     to a connection that stands, TLS included
 *     stall       an upload of which not one byte was taken for so long is cut; so is a result
 *                 of which none came
 *     answer      from the body's last byte handed over to the last byte of the answer
 *     get         a whole GET of a status or list; a result may take RESULT_MOST_MS
 *     token       30 s from the last byte of a POST to /oauth/token to its answer
 * There is no limit on the time of an upload that goes on.
 *
 * Memory: some 64 KiB of upload window a request, whatever the chunk; answers up to 64 KiB, a page
 * of the list 8 MiB; a result is streamed (result.h).
 *
 * The caller ignores SIGPIPE and unsets SSLKEYLOGFILE. */
#ifndef RUNNER_NATION_CLIENT_H
#define RUNNER_NATION_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/ports.h"

enum {
	CLIENT_WAKE_FDS = 4,
	/* Rows of a list page: one page covers a night of imports in doubt. */
	CLIENT_LIST_PAGE = 20,
};

struct client;
struct renewal;

/* All borrowed; what is marked "kept" must outlive the client. */
struct client_options {
	const char *url;     /* "https://ourcampaign.nationbuilder.com", no slash at the end */
	const char *ca_file; /* NULL or "": the system's certificates */
	const char *proxy;   /* NULL or "": none, whatever the environment says */
	const char *token;   /* bare (token.h); copied, wiped at the end */
	struct renewal *renewal; /* kept; gets others in its place. NULL: it stays */

	int folder_fd;                   /* the run folder, kept: answers/ goes into it */
	const char *const *source_names; /* kept; one a source, for the file names there */
	size_t source_count;

	int64_t connect_ms;
	int64_t stall_ms;
	int64_t answer_ms; /* retry.answer_wait */
	int64_t get_ms;

	struct clock_port clock; /* kept */

	/* wait() returns early while one of them is readable. Kept open. */
	int wake_fds[CLIENT_WAKE_FDS];
	size_t wake_count;
};

/* *client is the caller's, to close. -1: ERR_JOB for a url that is neither https nor loopback,
 * ERR_IO for want of memory. */
int client_open(const struct client_options *options, struct client **client, struct err *err);

/* Cuts what is under way, closes the bodies. NULL is fine. */
void client_close(struct client *client);

/* For requests from now on; copied. */
int client_use_token(struct client *client, const char *token, struct err *err);

/* Lends the client as a port. */
struct nation_port client_port(struct client *client);

#endif
