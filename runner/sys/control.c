#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runner/base/jsonw.h"
#include "runner/base/number.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"
#include "runner/json/read.h"
#include "runner/sys/clock.h"
#include "runner/sys/control.h"

enum {
	MOST_WISH_BYTES = 8192,
	ANSWER_LOOK_MS = 20, /* how often a verb looks for its answer */
};

struct control {
	int folder; /* control/ */
	int signals;
	int changes;
	int signal;
	sigset_t old_mask;
	bool is_scan_due; /* control/ has not been looked through since something changed */
};

/* ---- opening ---- */

static int
open_signals(struct control *control, struct err *err)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &mask, &control->old_mask))
		return err_system(err, ERR_BUG, errno, "sigprocmask");
	control->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (control->signals < 0)
		return err_system(err, ERR_IO, errno, "signalfd");
	return 0;
}

static int
open_changes(struct control *control, struct err *err)
{
	char path[64];

	control->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (control->changes < 0)
		return err_system(err, ERR_IO, errno, "inotify");
	/* The folder may be renamed while we hold it open; its descriptor stays right. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", control->folder);
	if (inotify_add_watch(control->changes, path, IN_MOVED_TO | IN_ONLYDIR) < 0)
		return err_system(err, ERR_IO, errno, "inotify: control");
	return 0;
}

struct control *
control_open(int run_folder, struct err *err)
{
	struct control *control = calloc(1, sizeof(*control));

	if (!control) {
		err_memory(err);
		return NULL;
	}
	control->signals = -1;
	control->changes = -1;
	control->is_scan_due = true;
	sigprocmask(SIG_BLOCK, NULL, &control->old_mask);
	control->folder = folder_open(run_folder, "control", err);
	if (control->folder < 0 || open_signals(control, err) || open_changes(control, err)) {
		control_close(control);
		return NULL;
	}
	return control;
}

void
control_close(struct control *control)
{
	if (!control)
		return;
	if (control->folder >= 0)
		close(control->folder);
	if (control->signals >= 0)
		close(control->signals);
	if (control->changes >= 0)
		close(control->changes);
	sigprocmask(SIG_SETMASK, &control->old_mask, NULL);
	free(control);
}

void
control_fds(const struct control *control, int fds[static CONTROL_FDS])
{
	fds[0] = control->signals;
	fds[1] = control->changes;
}

int
control_signal(const struct control *control)
{
	return control->signal;
}

/* ---- signals ---- */

static enum wish_kind
hear_signal(struct control *control)
{
	struct signalfd_siginfo info;

	while (read(control->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGINT:
		case SIGTERM:
			if (control->signal)
				return WISH_CUT;
			control->signal = (int)info.ssi_signo;
			return WISH_STOP;
		case SIGUSR1:
			return WISH_PROGRESS;
		case SIGHUP: /* also when the terminal is gone: the run goes on */
			return WISH_LIMITS;
		default:
			break;
		}
	}
	return WISH_NONE;
}

/* ---- files ---- */

static const char suffix[] = ".json";

/* "17.json" is ticket 17. */
static int
ticket_of(const char *name, uint64_t *ticket)
{
	size_t len = strlen(name);

	if (len <= sizeof(suffix) - 1 || strcmp(name + len - (sizeof(suffix) - 1), suffix) != 0)
		return -1;
	return number_u64((struct span){ name, len - (sizeof(suffix) - 1) }, ticket);
}

/* The lowest ticket above this one that waits; 0 if none does. */
static uint64_t
next_ticket(const struct control *control, uint64_t above)
{
	int fd = openat(control->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	uint64_t lowest = 0;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = readdir(folder))) {
		uint64_t ticket;

		if (ticket_of(entry->d_name, &ticket) == 0 && ticket > above &&
		    (lowest == 0 || ticket < lowest))
			lowest = ticket;
	}
	closedir(folder);
	return lowest;
}

static int
read_small(int folder, const char *name, char *to, size_t most, size_t *len)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, to, most);
	if (got < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	close(fd);
	*len = (size_t)got;
	return 0;
}

static void
take_json_text(struct json object, const char *name, char *to, size_t bytes)
{
	struct span text;

	if (json_text(json_member(object, name), &text) == 0)
		span_copy(to, bytes, text);
}

static int
read_wish(struct span text, struct event *event, struct err *err)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json root;
	char word[40] = "";
	uint64_t source, chunk;

	if (json_parse(&doc, text, JSON_DEPTH, err))
		return -1;
	root = json_root(&doc);
	take_json_text(root, "event", word, sizeof(word));
	if (event_type_of(word, &event->type) ||
	    (event->type != EVENT_RESOLVED_IMPORT && event->type != EVENT_RESOLVED_RESUBMIT &&
		event->type != EVENT_RESOLVED_SKIP))
		return err_set(err, ERR_USAGE, "no wish that this runner knows");
	if (json_u64(json_member(root, "source"), &source) || source >= LIMIT_SOURCES ||
	    json_u64(json_member(root, "chunk"), &chunk) || chunk == 0 || chunk > UINT32_MAX)
		return err_set(err, ERR_USAGE, "a wish names source and chunk");
	event->source = (uint32_t)source;
	event->chunk = (uint32_t)chunk;
	json_u64(json_member(root, "import_id"), &event->import_id);
	take_json_text(root, "text", event->text, sizeof(event->text));
	take_json_text(root, "person", event->person, sizeof(event->person));
	take_json_text(root, "host", event->host, sizeof(event->host));
	return 0;
}

static void
answer_file(void *ctx, uint64_t ticket, const char *error)
{
	struct control *control = ctx;
	char name[40];

	snprintf(name, sizeof(name), "%" PRIu64 ".answer", ticket);
	put_whole(control->folder, name, span_of(error ? error : ""), NULL);
	snprintf(name, sizeof(name), "%" PRIu64 ".json", ticket);
	unlinkat(control->folder, name, 0);
}

/* Reads the next wish; one that cannot be read is answered here, and keeps none behind it waiting. */
static bool
hear_file(struct control *control, struct wish *wish)
{
	char name[40], text[MOST_WISH_BYTES];

	wish->ticket = 0;
	while ((wish->ticket = next_ticket(control, wish->ticket))) {
		struct err err = ERR_INIT;
		size_t len;

		snprintf(name, sizeof(name), "%" PRIu64 ".json", wish->ticket);
		wish->event = (struct event){ .type = EVENT_RESOLVED_SKIP };
		if (read_small(control->folder, name, text, sizeof(text), &len)) {
			if (errno == ENOENT)
				continue; /* taken back meanwhile */
			err_system(&err, ERR_USAGE, errno, "%s", name);
		} else if (read_wish((struct span){ text, len }, &wish->event, &err) == 0) {
			return true;
		}
		answer_file(control, wish->ticket, err.text);
	}
	return false;
}

static int
hear(void *ctx, struct wish *wish, struct err *err)
{
	struct control *control = ctx;
	char changes[4096];

	(void)err;
	*wish = (struct wish){ .kind = hear_signal(control) };
	if (wish->kind != WISH_NONE)
		return 0;
	while (read(control->changes, changes, sizeof(changes)) > 0)
		control->is_scan_due = true;
	if (!control->is_scan_due)
		return 0;
	if (hear_file(control, wish))
		wish->kind = WISH_RESOLVE;
	else
		control->is_scan_due = false;
	return 0;
}

struct control_port
control_port(struct control *control)
{
	return (struct control_port){ control, hear, answer_file };
}

/* ---- the other side ---- */

static void
write_wish(struct buf *to, const struct event *wish)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "event", event_word(wish->type));
	jsonw_number(&json, "source", wish->source);
	jsonw_number(&json, "chunk", wish->chunk);
	jsonw_number(&json, "import_id", wish->import_id);
	jsonw_string(&json, "text", wish->text);
	jsonw_string(&json, "person", wish->person);
	jsonw_string(&json, "host", wish->host);
	jsonw_close(&json, '}');
}

static int
await_answer(int folder, const char *name, int64_t wait_ms, struct err *err)
{
	struct clock_port clock = clock_real();
	int64_t until_ms = clock.now(NULL).mono_ms + wait_ms;
	char text[MOST_WISH_BYTES];
	size_t len;

	while (read_small(folder, name, text, sizeof(text) - 1, &len)) {
		if (clock.now(NULL).mono_ms >= until_ms)
			return err_set(err, ERR_LATER, "the running load did not answer");
		poll(NULL, 0, ANSWER_LOOK_MS);
	}
	unlinkat(folder, name, 0);
	text[len] = '\0';
	return len ? err_set(err, ERR_USAGE, "%s", text) : 0;
}

int
control_ask(int run_folder, const struct event *wish, int64_t wait_ms, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	struct now now = clock_real().now(NULL);
	uint64_t ticket = (uint64_t)now.wall_ms * 100000 + (uint64_t)getpid() % 100000;
	char name[40], answer[40];
	int folder = folder_open(run_folder, "control", err);
	int failed;

	if (folder < 0)
		return -1;
	write_wish(&text, wish);
	snprintf(name, sizeof(name), "%" PRIu64 ".json", ticket);
	snprintf(answer, sizeof(answer), "%" PRIu64 ".answer", ticket);
	failed = buf_check(&text, err) || put_whole(folder, name, buf_span(&text), err) ||
		 await_answer(folder, answer, wait_ms, err);
	if (failed && err->kind == ERR_LATER)
		unlinkat(folder, name, 0);
	close(folder);
	return failed ? -1 : 0;
}
