#include "platform.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

#include "runner/base/buf.h"
#include "runner/base/scoped.h"
#include "runner/base/show.h"
#include "runner/source/wildcard.h"
#include "runner/source/unzip.h"

#ifdef HAVE_LIBARCHIVE

enum {
	SHOWN_MEMBERS = 8, /* in a message */
	NAME_BYTES = 60,   /* of each */
};

struct unzip {
	struct stage stage; /* first, so that the one is the other */
	struct stage_options options;
	struct archive *archive;
	uint64_t at;      /* the next byte that libarchive wants */
	struct err cause; /* of a read that failed */
	unsigned char window[]; /* stage_window_bytes() */
};

/* ---- bytes for libarchive */

static la_ssize_t
give_bytes(struct archive *archive, void *ctx, const void **bytes)
{
	struct unzip *unzip = ctx;
	size_t got;

	(void)archive;
	if (reader_read(unzip->options.reader, unzip->at, unzip->window,
		stage_window_bytes(&unzip->options), &got, &unzip->cause))
		return ARCHIVE_FATAL;
	unzip->at += got;
	*bytes = unzip->window;
	return (la_ssize_t)got;
}

static la_int64_t
go_to(struct archive *archive, void *ctx, la_int64_t offset, int whence)
{
	struct unzip *unzip = ctx;
	la_int64_t from = whence == SEEK_SET   ? 0
			  : whence == SEEK_CUR ? (la_int64_t)unzip->at
					       : (la_int64_t)unzip->options.size;

	(void)archive;
	if (offset < -from)
		return ARCHIVE_FATAL;
	unzip->at = (uint64_t)(from + offset);
	return from + offset;
}

static int
complain(struct unzip *unzip, struct err *err)
{
	const char *why = archive_error_string(unzip->archive);
	SCOPED(buf) shown = BUF_INIT;

	if (unzip->cause.kind)
		return err_set(err, unzip->cause.kind, "%s", unzip->cause.text);
	show_safe(&shown, span_of(why ? why : "it is no archive that can be read"), 200);
	return err_set(err, ERR_DATA,
	    "%s is damaged, or not fetched whole\n"
	    "  %s.  Fetch it again.\n"
	    "Nothing was sent.",
	    unzip->options.path, buf_text(&shown));
}

static void
close_archive(struct unzip *unzip)
{
	archive_read_free(unzip->archive);
	unzip->archive = NULL;
	unzip->at = 0;
}

/* By the directory at the end, which a file that was cut off does not have. */
static int
open_archive(struct unzip *unzip, struct err *err)
{
	unzip->archive = archive_read_new();
	if (!unzip->archive)
		return err_memory(err);
	archive_read_support_format_zip_seekable(unzip->archive);
	archive_read_set_read_callback(unzip->archive, give_bytes);
	archive_read_set_seek_callback(unzip->archive, go_to);
	archive_read_set_callback_data(unzip->archive, unzip);
	return archive_read_open1(unzip->archive) == ARCHIVE_OK ? 0 : complain(unzip, err);
}

/* ---- which member */

struct choice {
	bool is_found;
	uint64_t index; /* of the member, folders and all counted */
	uint64_t count; /* that could be meant */
	struct buf names;
};

/* NULL: there is none that can be read. */
static const char *
name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name ? name : archive_entry_pathname(entry);
}

static bool
is_meant(const struct unzip *unzip, struct archive_entry *entry, bool *is_exact)
{
	const char *name = name_of(entry), *member = unzip->options.member;

	*is_exact = name && member[0] && strcmp(name, member) == 0;
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
		return false;
	if (*is_exact)
		return true;
	if (member[0])
		return name && wildcard_fits(member, name);
	return !name || strncmp(name, "__MACOSX/", strlen("__MACOSX/")) != 0;
}

static void
add_name(struct choice *choice, const char *name)
{
	if (choice->count > SHOWN_MEMBERS)
		return;
	buf_add_text(&choice->names, "\n    ");
	show_safe(&choice->names, span_of(name ? name : "(a name that cannot be read)"), NAME_BYTES);
}

/* 1: there is an entry, 0: no more. */
static int
next_entry(struct unzip *unzip, struct archive_entry **entry, struct err *err)
{
	int code = archive_read_next_header(unzip->archive, entry);

	if (code == ARCHIVE_EOF)
		return 0;
	/* A warning is about a name in another character set. */
	return code == ARCHIVE_OK || code == ARCHIVE_WARN ? 1 : complain(unzip, err);
}

static int
look_through(struct unzip *unzip, struct choice *choice, struct err *err)
{
	struct archive_entry *entry;
	int more;

	for (uint64_t i = 0; (more = next_entry(unzip, &entry, err)) > 0; i++) {
		bool is_exact;

		if (!is_meant(unzip, entry, &is_exact))
			continue;
		if (!choice->is_found)
			choice->index = i;
		choice->is_found = true;
		choice->count++;
		add_name(choice, name_of(entry));
		if (!is_exact)
			continue;
		/* What is named exactly is no pattern. */
		choice->index = i;
		choice->count = 1;
		return 0;
	}
	return more;
}

static int
refuse_choice(const struct unzip *unzip, const struct choice *choice, struct err *err)
{
	const char *member = unzip->options.member;
	char count[SHOW_BYTES];

	if (!choice->count && member[0])
		return err_set(err, ERR_DATA,
		    "%s has no file \"%s\"\n"
		    "  unzip -l shows what it has.  Name one of them:  member = \"...\";\n"
		    "Nothing was sent.",
		    unzip->options.path, member);
	if (!choice->count)
		return err_set(err, ERR_DATA, "%s has no file in it\nNothing was sent.",
		    unzip->options.path);
	return err_set(err, ERR_DATA,
	    "%s has %s files%s%s%s; which one is meant?%s%s\n"
	    "  Name it:  member = \"...\";  in its source (init: --member); * fits any text\n"
	    "Nothing was sent.",
	    unzip->options.path, show_count(choice->count, count), member[0] ? " like \"" : "", member,
	    member[0] ? "\"" : "", buf_text(&choice->names),
	    choice->count > SHOWN_MEMBERS ? "\n    ..." : "");
}

static int
choose(struct unzip *unzip, struct choice *choice, struct err *err)
{
	if (open_archive(unzip, err) || look_through(unzip, choice, err))
		return -1;
	close_archive(unzip);
	if (buf_check(&choice->names, err))
		return -1;
	return choice->count == 1 ? 0 : refuse_choice(unzip, choice, err);
}

static int
go_to_member(struct unzip *unzip, uint64_t index, struct err *err)
{
	struct archive_entry *entry = NULL;

	if (open_archive(unzip, err))
		return -1;
	for (uint64_t i = 0; i <= index; i++) {
		int more = next_entry(unzip, &entry, err);

		if (more <= 0)
			return more < 0 ? -1 : complain(unzip, err);
	}
	if (archive_entry_is_encrypted(entry))
		return err_set(err, ERR_DATA,
		    "%s is encrypted\n"
		    "  Unpack it yourself, and name the text in the job file.\n"
		    "Nothing was sent.",
		    unzip->options.path);
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0)
		unzip->stage.said_bytes = (uint64_t)archive_entry_size(entry);
	return 0;
}

/* ---- the stage */

static int
unzip_read(struct stage *stage, void *to, size_t most, size_t *got, struct err *err)
{
	struct unzip *unzip = (struct unzip *)stage;
	la_ssize_t count = archive_read_data(unzip->archive, to, most);

	/* A warning is a wrong check sum, too. */
	if (count < 0)
		return complain(unzip, err);
	*got = (size_t)count;
	return 0;
}

static void
unzip_close(struct stage *stage)
{
	struct unzip *unzip = (struct unzip *)stage;

	close_archive(unzip);
	free(unzip);
}

int
unzip_open(const struct stage_options *options, struct stage **stage, struct err *err)
{
	struct unzip *unzip = calloc(1, sizeof(*unzip) + stage_window_bytes(options));
	struct choice choice = { .names = BUF_INIT };
	int failed;

	if (!unzip)
		return err_memory(err);
	unzip->stage.read = unzip_read;
	unzip->stage.close = unzip_close;
	unzip->options = *options;
	failed = choose(unzip, &choice, err) || go_to_member(unzip, choice.index, err);
	buf_done(&choice.names);
	if (failed) {
		unzip_close(&unzip->stage);
		return -1;
	}
	*stage = &unzip->stage;
	return 0;
}

#else

int
unzip_open(const struct stage_options *options, struct stage **stage, struct err *err)
{
	(void)stage;
	return err_set(err, ERR_JOB,
	    "%s: this rollcall was built without zip\n"
	    "  Unpack it first, and name the text in the job file; or install libarchive (on\n"
	    "  Debian or Ubuntu: apt-get install libarchive-dev) and build rollcall again.\n"
	    "Nothing was sent.",
	    options->path);
}

#endif
