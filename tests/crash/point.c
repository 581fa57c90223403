#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/crash/point.h"

/* ---- what a call may say */

/* Each call that does I/O, or gives what I/O needs, and the errors that its manual page has. */
enum { ERRORS_MOST = 7 };
static const struct {
	uint32_t kind;
	const char *name;
	int errors[ERRORS_MOST];
	bool takes_less; /* than it was given, without an error */
} calls[] = {
	{ SYS_read, "read", { EIO, EINTR, EAGAIN } },
	{ SYS_write, "write", { EIO, ENOSPC, EINTR, EPIPE }, true },
	{ SYS_pread64, "pread64", { EIO, EINTR } },
	{ SYS_pwrite64, "pwrite64", { EIO, ENOSPC, EINTR }, true },
	{ SYS_writev, "writev", { EIO, ENOSPC, EINTR }, true },
	{ SYS_fsync, "fsync", { EIO, ENOSPC, EINTR } },
	{ SYS_fdatasync, "fdatasync", { EIO, ENOSPC, EINTR } },
	{ SYS_ftruncate, "ftruncate", { EIO, ENOSPC, EINTR } },
	{ SYS_fallocate, "fallocate", { EIO, ENOSPC, EINTR, EOPNOTSUPP } },
	{ SYS_rename, "rename", { EIO, ENOSPC, ENOMEM } },
	{ SYS_renameat, "renameat", { EIO, ENOSPC, ENOMEM } },
	{ SYS_renameat2, "renameat2", { EIO, ENOSPC, ENOMEM } },
	{ SYS_unlink, "unlink", { EIO, ENOMEM } },
	{ SYS_unlinkat, "unlinkat", { EIO, ENOMEM } },
	{ SYS_mkdir, "mkdir", { EIO, ENOSPC, ENOMEM, EACCES } },
	{ SYS_mkdirat, "mkdirat", { EIO, ENOSPC, ENOMEM, EACCES } },
	{ SYS_rmdir, "rmdir", { EIO } },
	{ SYS_openat, "openat", { EIO, ENOSPC, EINTR, EMFILE, ENOMEM, EACCES } },
	{ SYS_close, "close", { EIO, ENOSPC, EINTR } },
	{ SYS_newfstatat, "newfstatat", { EIO, ENOMEM } },
	{ SYS_fstat, "fstat", { EIO, ENOMEM } },
	{ SYS_access, "access", { EIO, ENOMEM } },
	{ SYS_faccessat2, "faccessat2", { EIO, ENOMEM } },
	{ SYS_readlink, "readlink", { EIO, ENOMEM } },
	{ SYS_lseek, "lseek", { EIO } },
	{ SYS_mmap, "mmap", { ENOMEM, EAGAIN, ENFILE } },
	{ SYS_flock, "flock", { EINTR, ENOLCK } },
	{ SYS_fcntl, "fcntl", { EAGAIN, ENOLCK } },
	{ SYS_statfs, "statfs", { EIO, EINTR, ENOMEM } },
	{ SYS_fstatfs, "fstatfs", { EIO, EINTR, ENOMEM } },
	{ SYS_getdents64, "getdents64", { EIO, ENOMEM } },
	{ SYS_dup2, "dup2", { EINTR, EMFILE } },
	{ SYS_pipe2, "pipe2", { EMFILE, ENFILE } },
	{ SYS_socketpair, "socketpair", { EMFILE, ENOMEM } },
	{ SYS_socket, "socket", { EMFILE, ENOMEM } },
	{ SYS_connect, "connect", { ECONNREFUSED, EINTR, ENETUNREACH } },
	{ SYS_sendto, "sendto", { EPIPE, ECONNRESET, EINTR, EAGAIN, ENOMEM }, true },
	{ SYS_recvfrom, "recvfrom", { ECONNRESET, EINTR, EAGAIN, ENOMEM } },
	{ SYS_poll, "poll", { EINTR, ENOMEM } },
	{ SYS_setsockopt, "setsockopt", { ENOMEM, ENOBUFS } },
	{ SYS_getsockopt, "getsockopt", { ENOBUFS } },
	{ SYS_getsockname, "getsockname", { ENOBUFS } },
	{ SYS_getpeername, "getpeername", { ENOBUFS, ENOTCONN } },
	{ SYS_getrandom, "getrandom", { EINTR } },
	{ SYS_clone, "clone", { EAGAIN, ENOMEM } },
	{ SYS_wait4, "wait4", { EINTR, ECHILD } },
	{ SYS_inotify_init1, "inotify_init1", { EMFILE, ENOMEM } },
	{ SYS_inotify_add_watch, "inotify_add_watch", { ENOSPC, ENOMEM } },
	{ SYS_signalfd4, "signalfd4", { EMFILE, ENOMEM } },
	{ SYS_ioctl, "ioctl", { EIO } },
	{ SYS_landlock_create_ruleset, "landlock_create_ruleset", { ENOMEM } },
	{ SYS_landlock_add_rule, "landlock_add_rule", { ENOMEM } },
	{ SYS_landlock_restrict_self, "landlock_restrict_self", { ENOMEM } },
};

static const struct {
	int error;
	const char *name;
} errors[] = {
	{ EIO, "EIO" }, { ENOSPC, "ENOSPC" }, { EINTR, "EINTR" }, { EMFILE, "EMFILE" },
	{ ENFILE, "ENFILE" }, { ENOMEM, "ENOMEM" }, { EAGAIN, "EAGAIN" }, { EPIPE, "EPIPE" },
	{ EACCES, "EACCES" }, { EOPNOTSUPP, "EOPNOTSUPP" }, { ENOLCK, "ENOLCK" },
	{ ECONNREFUSED, "ECONNREFUSED" }, { ECONNRESET, "ECONNRESET" },
	{ ENETUNREACH, "ENETUNREACH" }, { ENOBUFS, "ENOBUFS" }, { ENOTCONN, "ENOTCONN" },
	{ ECHILD, "ECHILD" },
};

enum { CALL_COUNT = sizeof(calls) / sizeof(calls[0]) };
enum { ERROR_COUNT = sizeof(errors) / sizeof(errors[0]) };

const char *
point_call(uint32_t kind, char text[24])
{
	for (size_t i = 0; i < CALL_COUNT; i++) {
		if (calls[i].kind == kind)
			return calls[i].name;
	}
	snprintf(text, 24, "call %u", kind);
	return text;
}

/* ---- as text */

static const char *
error_name(int error)
{
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		if (errors[i].error == error)
			return errors[i].name;
	}
	return "?";
}

const char *
point_text(const struct point *point, char text[POINT_TEXT])
{
	const char *ever = point->is_for_ever ? "+" : "";
	char call[24];

	switch (point->mode) {
	case POINT_KILL:
		if (point->second)
			snprintf(text, POINT_TEXT, "kill:%u/%u", point->nth, point->second);
		else
			snprintf(text, POINT_TEXT, "kill:%u", point->nth);
		break;
	case POINT_FAIL:
		snprintf(text, POINT_TEXT, "fail:%s:%u%s:%s", point_call(point->kind, call),
		    point->nth, ever, error_name(point->error));
		break;
	case POINT_SHORT:
		snprintf(text, POINT_TEXT, "short:%s:%u%s", point_call(point->kind, call),
		    point->nth, ever);
		break;
	case POINT_MEMORY:
		snprintf(text, POINT_TEXT, "memory:%u%s", point->nth, ever);
		break;
	case POINT_FULL:
		snprintf(text, POINT_TEXT, "full:%u", point->nth);
		break;
	case POINT_SHUT:
		snprintf(text, POINT_TEXT, "shut:%u", point->nth);
		break;
	}
	return text;
}

static int
parse_call(const char *name, uint32_t *kind)
{
	for (size_t i = 0; i < CALL_COUNT; i++) {
		if (strcmp(calls[i].name, name) == 0) {
			*kind = calls[i].kind;
			return 0;
		}
	}
	return -1;
}

static int
parse_error(const char *name, int *error)
{
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		if (strcmp(errors[i].name, name) == 0) {
			*error = errors[i].error;
			return 0;
		}
	}
	return -1;
}

/* "12" or "12+" */
static void
parse_nth(const char *text, struct point *point)
{
	char *end;

	point->nth = (uint32_t)strtoul(text, &end, 10);
	point->is_for_ever = *end == '+';
	if (*end == '/')
		point->second = (uint32_t)strtoul(end + 1, NULL, 10);
}

int
point_parse(const char *text, struct point *point)
{
	char copy[POINT_TEXT], *rest = copy, *parts[4] = { NULL };
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	*point = (struct point){ .kind = SHIM_ANY };
	while (count < 4 && (parts[count] = strsep(&rest, ":")) != NULL)
		count++;
	if (count < 2)
		return -1;
	parse_nth(parts[count > 2 ? 2 : 1], point);
	if (strcmp(parts[0], "kill") == 0)
		point->mode = POINT_KILL;
	else if (strcmp(parts[0], "memory") == 0)
		point->mode = POINT_MEMORY;
	else if (strcmp(parts[0], "full") == 0)
		point->mode = POINT_FULL;
	else if (strcmp(parts[0], "shut") == 0)
		point->mode = POINT_SHUT;
	else if (strcmp(parts[0], "short") == 0 && count > 2)
		point->mode = POINT_SHORT;
	else if (strcmp(parts[0], "fail") == 0 && count > 3)
		point->mode = POINT_FAIL;
	else
		return -1;
	if (count > 2 && parse_call(parts[1], &point->kind))
		return -1;
	return point->mode == POINT_FAIL ? parse_error(parts[3], &point->error) : 0;
}

/* ---- as orders */

void
point_order(const struct point *point, struct shim_page *page)
{
	page->kind = point->kind;
	page->nth = point->nth;
	page->is_for_ever = point->is_for_ever;
	page->error = point->error;
	switch (point->mode) {
	case POINT_KILL:
		page->act = SHIM_KILL;
		break;
	case POINT_FAIL:
		page->act = SHIM_FAIL;
		break;
	case POINT_SHORT:
		page->act = SHIM_SHORTEN;
		break;
	case POINT_FULL:
		page->act = SHIM_FILL;
		break;
	case POINT_SHUT:
		page->act = SHIM_SHUT;
		break;
	case POINT_MEMORY:
		page->act = SHIM_WATCH;
		page->nth = 0;
		page->memory_nth = point->nth;
		page->memory_is_for_ever = point->is_for_ever;
		break;
	}
}

/* ---- all of them */

static void
add(struct points *points, struct point point)
{
	if ((points->count & (points->count + 1)) == 0) {
		size_t room = 2 * (points->count + 1);

		points->at = realloc(points->at, room * sizeof(point));
		if (!points->at)
			abort();
	}
	points->at[points->count++] = point;
}

static uint32_t
beyond(uint32_t seen)
{
	return seen ? seen + seen / 50 + 1 : 0;
}

static void
add_numbered(struct points *points, struct point point, uint32_t seen)
{
	for (point.nth = 1; point.nth <= beyond(seen); point.nth++)
		add(points, point);
}

/* Nothing is interrupted, or asked to come again, for ever. */
static void
add_failures(struct points *points, const struct reach *reach)
{
	for (size_t i = 0; i < CALL_COUNT; i++) {
		uint32_t seen = reach->kinds[calls[i].kind];
		struct point point = { POINT_SHORT, calls[i].kind, 0, 0, false, 0 };

		for (int ever = 0; calls[i].takes_less && ever < 2; ever++) {
			point.is_for_ever = ever;
			add_numbered(points, point, seen);
		}
		point.mode = POINT_FAIL;
		for (size_t e = 0; e < ERRORS_MOST && calls[i].errors[e]; e++) {
			point.error = calls[i].errors[e];
			point.is_for_ever = false;
			add_numbered(points, point, seen);
			point.is_for_ever = true;
			if (point.error != EINTR && point.error != EAGAIN)
				add_numbered(points, point, seen);
		}
	}
}

/* splitmix64: seeds may be small numbers. */
static uint64_t
draw(uint64_t *state)
{
	uint64_t x = *state += 0x9E3779B97F4A7C15;

	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
	return x ^ (x >> 31);
}

static void
add_pairs(struct points *points, const struct reach *reach, uint32_t pairs, uint64_t seed)
{
	struct point point = { POINT_KILL, SHIM_ANY, 0, 0, false, 0 };

	for (uint32_t i = 0; i < pairs; i++) {
		point.nth = 1 + (uint32_t)(draw(&seed) % reach->calls);
		/* a run that goes on makes no fewer than it takes to begin, and to do what is left */
		point.second = 1 + (uint32_t)(draw(&seed) %
					(reach->idle_calls + reach->calls - point.nth));
		add(points, point);
	}
}

int
points_of(struct points *points, const char *word, const struct reach *reach, uint32_t pairs,
    uint64_t seed)
{
	struct point point = { POINT_KILL, SHIM_ANY, 0, 0, false, 0 };

	*points = (struct points){ NULL, 0 };
	if (strcmp(word, "kill") == 0) {
		add_numbered(points, point, reach->calls);
	} else if (strcmp(word, "twice") == 0) {
		add_pairs(points, reach, pairs, seed);
	} else if (strcmp(word, "fail") == 0) {
		add_failures(points, reach);
	} else if (strcmp(word, "memory") == 0) {
		point.mode = POINT_MEMORY;
		add_numbered(points, point, reach->allocations);
		point.is_for_ever = true;
		add_numbered(points, point, reach->allocations);
	} else if (strcmp(word, "full") == 0 || strcmp(word, "shut") == 0) {
		point.mode = word[0] == 'f' ? POINT_FULL : POINT_SHUT;
		add_numbered(points, point, reach->calls);
	} else {
		return -1;
	}
	return 0;
}

void
points_done(struct points *points)
{
	free(points->at);
}
