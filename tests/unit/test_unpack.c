#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/source/wildcard.h"
#include "runner/source/unpack.h"
#include "tests/unit/input.h"
#include "tests/unit/packed.h"

#define T(function) cmocka_unit_test(function)

/* ---- reading all of it */

struct call {
	const char *path;
	const char *member;   /* NULL: "" */
	const char *encoding; /* NULL: "UTF-8" */
	size_t most;          /* that is asked for at once; 0: 64 KiB */
	size_t most_read;     /* that the reader gives at once */
};

static int
unpack_all(const struct call *call, struct span packed, struct buf *to, struct err *err)
{
	struct input input = { .text = packed.ptr, .len = packed.len, .most = call->most_read };
	struct reader reader = input_reader(&input);
	const struct unpack_options options = {
		.from = { &reader, packed.len, call->path, call->member ? call->member : "" },
		.encoding = call->encoding ? call->encoding : "UTF-8",
	};
	size_t most = call->most ? call->most : 64 << 10, got = 1;
	struct stage *stage;
	int failed = unpack_open(&options, &stage, err);

	if (failed)
		return -1;
	while (got && !failed) {
		failed = stage->read(stage, buf_reserve(to, most), most, &got, err);
		if (!failed)
			to->len += got;
	}
	stage_close(stage);
	return failed;
}

static void
gives(const struct call *call, struct span packed, struct span text)
{
	SCOPED(buf) out = BUF_INIT;
	struct err err = ERR_INIT;

	if (unpack_all(call, packed, &out, &err))
		fail_msg("%s: %s", call->path, err.text);
	assert_int_equal(out.len, text.len);
	if (text.len)
		assert_memory_equal(out.ptr, text.ptr, text.len);
}

static void
is_refused(const struct call *call, struct span packed, enum err_kind kind, const char *words)
{
	SCOPED(buf) out = BUF_INIT;
	struct err err = ERR_INIT;

	if (unpack_all(call, packed, &out, &err) == 0)
		fail_msg("%s: not refused: %s", call->path, words);
	assert_int_equal(err.kind, kind);
	assert_string_equal(err.text, words);
}

/* ---- texts */

static struct span
lines(struct buf *to, unsigned count)
{
	unsigned chance = 1;

	for (unsigned i = 0; i < count; i++) {
		chance = chance * 1103515245 + 12345;
		buf_printf(to, "NC%u,%u,Ann %x\n", i, chance >> 16 & 0xFF, chance);
	}
	return buf_span(to);
}

enum kind { GZIP, ZSTD, ZIP, KINDS };

static const char *const paths[KINDS] = { "a.csv.gz", "a.csv.zst", "a.zip" };

#ifdef HAVE_LIBARCHIVE
enum { BUILT_KINDS = KINDS };
#else
enum { BUILT_KINDS = ZIP };
#endif

static void
pack(enum kind kind, struct buf *to, struct span text)
{
	switch (kind) {
	case GZIP:
		packed_gzip(to, text);
		break;
	case ZSTD:
		packed_zstd(to, text, true);
		break;
	case ZIP:
#ifdef HAVE_LIBARCHIVE
		packed_zip(to, &(struct packed_member){ "a.csv", text }, 1, NULL, NULL);
#endif
		break;
	case KINDS:
		break;
	}
}

/* ---- what is packed */

static void
what_is_unpacked_is_what_was_packed_whatever_the_windows(void **state)
{
	static const size_t windows[] = { 1, 2, 3, 7, 4096, 0 };
	SCOPED(buf) large = BUF_INIT;
	SCOPED(buf) small = BUF_INIT;
	struct span text = lines(&large, 40000), little = lines(&small, 40);

	(void)state;
	for (int kind = 0; kind < BUILT_KINDS; kind++) {
		SCOPED(buf) packed = BUF_INIT;
		SCOPED(buf) packed_little = BUF_INIT;

		pack((enum kind)kind, &packed, text);
		gives(&(struct call){ .path = paths[kind] }, buf_span(&packed), text);
		pack((enum kind)kind, &packed_little, little);
		for (size_t i = 0; i < ARRAY_COUNT(windows); i++)
			for (size_t j = 0; j < ARRAY_COUNT(windows); j++)
				gives(&(struct call){ .path = paths[kind], .most = windows[i],
					  .most_read = windows[j] },
				    buf_span(&packed_little), little);
	}
}

static void
an_archive_that_is_cut_off_anywhere_is_refused(void **state)
{
	SCOPED(buf) small = BUF_INIT;
	struct span text = lines(&small, 40);

	(void)state;
	for (int kind = 0; kind < BUILT_KINDS; kind++) {
		SCOPED(buf) packed = BUF_INIT;

		pack((enum kind)kind, &packed, text);
		for (size_t len = 0; len < packed.len; len++) {
			SCOPED(buf) out = BUF_INIT;
			struct err err = ERR_INIT;

			if (unpack_all(&(struct call){ .path = paths[kind] },
				(struct span){ packed.ptr, len }, &out, &err) == 0)
				fail_msg("%s: %zu of %zu bytes pass for all", paths[kind], len,
				    packed.len);
			assert_int_equal(err.kind, ERR_DATA);
			assert_non_null(strstr(err.text, "Nothing was sent."));
		}
	}
}

static void
a_flipped_bit_is_refused_or_changes_nothing(void **state)
{
	SCOPED(buf) small = BUF_INIT;
	struct span text = lines(&small, 30);

	(void)state;
	for (int kind = 0; kind < BUILT_KINDS; kind++) {
		SCOPED(buf) packed = BUF_INIT;

		pack((enum kind)kind, &packed, text);
		for (size_t bit = 0; bit < 8 * packed.len; bit++) {
			SCOPED(buf) out = BUF_INIT;
			struct err err = ERR_INIT;

			packed.ptr[bit / 8] = (char)(packed.ptr[bit / 8] ^ 1 << bit % 8);
			if (unpack_all(&(struct call){ .path = paths[kind] }, buf_span(&packed),
				&out, &err) == 0) {
				assert_int_equal(out.len, text.len);
				assert_memory_equal(out.ptr, text.ptr, text.len);
			} else {
				assert_int_equal(err.kind, ERR_DATA);
			}
			packed.ptr[bit / 8] = (char)(packed.ptr[bit / 8] ^ 1 << bit % 8);
		}
	}
}

static void
several_members_or_frames_are_one_text(void **state)
{
	static const char skippable[] = "\x50\x2A\x4D\x18\x03\x00\x00\x00xyz";
	SCOPED(buf) packed = BUF_INIT;
	SCOPED(buf) frames = BUF_INIT;

	(void)state;
	packed_gzip(&packed, span_of("a,b\n"));
	packed_gzip(&packed, span_of(""));
	packed_gzip(&packed, span_of("1,2\n"));
	gives(&(struct call){ .path = "a.gz" }, buf_span(&packed), span_of("a,b\n1,2\n"));
	gives(&(struct call){ .path = "a.gz", .most_read = 1 }, buf_span(&packed),
	    span_of("a,b\n1,2\n"));
	buf_add(&frames, skippable, sizeof(skippable) - 1);
	packed_zstd(&frames, span_of("a,b\n"), true);
	packed_zstd(&frames, span_of(""), false);
	buf_add(&frames, skippable, sizeof(skippable) - 1);
	packed_zstd(&frames, span_of("1,2\n"), false);
	gives(&(struct call){ .path = "a.zst" }, buf_span(&frames), span_of("a,b\n1,2\n"));
	gives(&(struct call){ .path = "a.zst", .most_read = 1 }, buf_span(&frames),
	    span_of("a,b\n1,2\n"));
}

static void
an_empty_text_is_empty(void **state)
{
	(void)state;
	for (int kind = 0; kind < BUILT_KINDS; kind++) {
		SCOPED(buf) packed = BUF_INIT;

		pack((enum kind)kind, &packed, span_of(""));
		gives(&(struct call){ .path = paths[kind] }, buf_span(&packed), span_of(""));
	}
}

static void
what_stands_behind_the_packed_data_is_refused(void **state)
{
	SCOPED(buf) gzip = BUF_INIT;
	SCOPED(buf) zstd = BUF_INIT;

	(void)state;
	packed_gzip(&gzip, span_of("a,b\n"));
	buf_add_text(&gzip, "and more");
	is_refused(&(struct call){ .path = "a.gz" }, buf_span(&gzip), ERR_DATA,
	    "a.gz goes on behind its packed data with something else\n"
	    "  From byte 24 on it is nothing that gzip makes.  Fetch it again;\n"
	    "  or unpack it yourself, look at its end, and name the text in the job file.\n"
	    "Nothing was sent.");
	packed_zstd(&zstd, span_of("a,b\n"), true);
	buf_add_text(&zstd, "and more");
	is_refused(&(struct call){ .path = "a.zst" }, buf_span(&zstd), ERR_DATA,
	    "a.zst goes on behind its packed data with something else\n"
	    "  From byte 17 on it is nothing that zstd makes.  Fetch it again;\n"
	    "  or unpack it yourself, look at its end, and name the text in the job file.\n"
	    "Nothing was sent.");
}

static void
damage_is_told_with_its_place(void **state)
{
	SCOPED(buf) small = BUF_INIT;
	SCOPED(buf) gzip = BUF_INIT;
	SCOPED(buf) short_one = BUF_INIT;

	(void)state;
	packed_gzip(&gzip, lines(&small, 10));
	packed_gzip(&short_one, span_of("a,b\n"));
	short_one.ptr[short_one.len - 7] ^= 1;
	is_refused(&(struct call){ .path = "a.gz" }, buf_span(&short_one), ERR_DATA,
	    "a.gz is damaged near byte 20 of its packed data\n"
	    "  incorrect data check.  Fetch it again.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.gz" }, (struct span){ gzip.ptr, 100 }, ERR_DATA,
	    "a.gz is cut off\n"
	    "  Its packed data go on behind byte 100, where it ends: it was not\n"
	    "  fetched or copied whole.  Fetch it again.\n"
	    "Nothing was sent.");
}

/* ---- names and bytes */

static void
a_name_and_what_is_there_must_say_the_same(void **state)
{
	SCOPED(buf) gzip = BUF_INIT;
	SCOPED(buf) twice = BUF_INIT;

	(void)state;
	packed_gzip(&gzip, span_of("a,b\n"));
	is_refused(&(struct call){ .path = "a.csv.gz" }, span_of("a,b\n1,2\n"), ERR_DATA,
	    "a.csv.gz is nothing that gzip makes\n"
	    "  If it is the text itself, give it a name without .gz, and write that into the\n"
	    "  job file; else fetch it again.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv" }, buf_span(&gzip), ERR_DATA,
	    "a.csv was packed by gzip, and its name does not say so\n"
	    "  Give it a name that ends with .gz, and write that into the job file.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.zst" }, buf_span(&gzip), ERR_DATA,
	    "a.zst was packed by gzip, and its name does not say so\n"
	    "  Give it a name that ends with .gz, and write that into the job file.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.gz" }, span_of(""), ERR_DATA,
	    "a.gz is empty\n  Fetch it again.\nNothing was sent.");
	packed_gzip(&twice, buf_span(&gzip));
	is_refused(&(struct call){ .path = "a.gz" }, buf_span(&twice), ERR_DATA,
	    "a.gz is packed twice: by gzip within\n"
	    "  Unpack it once, and write the name of what comes out into the job file.\n"
	    "Nothing was sent.");
	assert_int_equal(unpack_of_name("A.CSV.GZ"), UNPACK_GZIP);
	assert_int_equal(unpack_of_name("a.Zip"), UNPACK_ZIP);
	assert_int_equal(unpack_of_name(".gz"), UNPACK_NONE);
	assert_int_equal(unpack_of_name("agz"), UNPACK_NONE);
}

static bool
looks_plain(const char *path, const char *encoding, struct span bytes)
{
	struct input input = { .text = bytes.ptr, .len = bytes.len };
	struct reader reader = input_reader(&input);
	const struct unpack_options options = {
		.from = { &reader, bytes.len, path, "" }, .encoding = encoding,
	};
	bool is_plain;

	assert_int_equal(unpack_look(&options, &is_plain, NULL), 0);
	return is_plain;
}

static void
a_text_that_is_its_own_is_plain(void **state)
{
	(void)state;
	assert_true(looks_plain("a.csv", "UTF-8", span_of("")));
	assert_true(looks_plain("a.csv", "UTF-8", span_of("a,b\n")));
	assert_true(looks_plain("a.csv", "windows-1252", span_of("\xEF\xBB\xBF" "a,b\n")));
	assert_false(looks_plain("a.csv", "UTF-16LE", span_of("a,b\n")));
	assert_false(looks_plain("a.csv", "UTF-8", span_of("\xFF\xFE")));
	gives(&(struct call){ .path = "a.csv" }, span_of("a,b\n"), span_of("a,b\n"));
}

/* ---- .zip */

#ifdef HAVE_LIBARCHIVE
#define ZIP_OF(to, ...)                                                                    \
	do {                                                                               \
		const struct packed_member members_[] = { __VA_ARGS__ };                   \
		packed_zip(to, members_, ARRAY_COUNT(members_), NULL, NULL);               \
	} while (0)

static void
one_member_of_an_archive_is_the_text(void **state)
{
	SCOPED(buf) zip = BUF_INIT;

	(void)state;
	ZIP_OF(&zip, { "folder/", SPAN_NONE }, { "__MACOSX/._a.csv", span_of("junk") },
	    { "folder/a.csv", span_of("a,b\n") });
	gives(&(struct call){ .path = "a.zip" }, buf_span(&zip), span_of("a,b\n"));
	gives(&(struct call){ .path = "a.zip", .member = "folder/a.csv" }, buf_span(&zip),
	    span_of("a,b\n"));
	gives(&(struct call){ .path = "a.zip", .member = "__MACOSX/._a.csv" }, buf_span(&zip),
	    span_of("junk"));
}

static void
several_members_are_a_question(void **state)
{
	SCOPED(buf) zip = BUF_INIT;

	(void)state;
	ZIP_OF(&zip, { "../../etc/x", span_of("hostile") }, { "b/people.txt", span_of("people\n") },
	    { "b/votes.txt", span_of("votes\n") }, { "b\x1B[2Jl.doc", span_of("escape") },
	    { "*.txt", span_of("star\n") });
	is_refused(&(struct call){ .path = "a.zip" }, buf_span(&zip), ERR_DATA,
	    "a.zip has 5 files; which one is meant?\n"
	    "    ../../etc/x\n"
	    "    b/people.txt\n"
	    "    b/votes.txt\n"
	    "    b\\x1B[2Jl.doc\n"
	    "    *.txt\n"
	    "  Name it:  member = \"...\";  in its source (init: --member); * fits any text\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.zip", .member = "b/*.txt" }, buf_span(&zip), ERR_DATA,
	    "a.zip has 2 files like \"b/*.txt\"; which one is meant?\n"
	    "    b/people.txt\n"
	    "    b/votes.txt\n"
	    "  Name it:  member = \"...\";  in its source (init: --member); * fits any text\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.zip", .member = "people.txt" }, buf_span(&zip), ERR_DATA,
	    "a.zip has no file \"people.txt\"\n"
	    "  unzip -l shows what it has.  Name one of them:  member = \"...\";\n"
	    "Nothing was sent.");
	gives(&(struct call){ .path = "a.zip", .member = "*votes*" }, buf_span(&zip), span_of("votes\n"));
	gives(&(struct call){ .path = "a.zip", .member = "*.txt" }, buf_span(&zip), span_of("star\n"));
	gives(&(struct call){ .path = "a.zip", .member = "../../etc/x" }, buf_span(&zip),
	    span_of("hostile"));
}

static void
archives_without_a_file_or_encrypted_are_refused(void **state)
{
	SCOPED(buf) empty = BUF_INIT;
	SCOPED(buf) folder = BUF_INIT;
	SCOPED(buf) secret = BUF_INIT;
	const struct packed_member member = { "a.csv", span_of("a,b\n") };

	(void)state;
	packed_zip(&empty, NULL, 0, NULL, NULL);
	is_refused(&(struct call){ .path = "a.zip" }, buf_span(&empty), ERR_DATA,
	    "a.zip is damaged, or not fetched whole\n"
	    "  Unrecognized archive format.  Fetch it again.\n"
	    "Nothing was sent.");
	ZIP_OF(&folder, { "a/", SPAN_NONE });
	is_refused(&(struct call){ .path = "a.zip" }, buf_span(&folder), ERR_DATA,
	    "a.zip has no file in it\nNothing was sent.");
	packed_zip(&secret, &member, 1, "zip:encryption=traditional", "secret");
	is_refused(&(struct call){ .path = "a.zip" }, buf_span(&secret), ERR_DATA,
	    "a.zip is encrypted\n"
	    "  Unpack it yourself, and name the text in the job file.\n"
	    "Nothing was sent.");
}

static void
stored_and_large_archives_are_read_too(void **state)
{
	SCOPED(buf) small = BUF_INIT;
	const struct packed_member member = { "a.csv", lines(&small, 1000) };
	static const char *const options[] = { "zip:compression=store", "zip:zip64" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		SCOPED(buf) zip = BUF_INIT;

		packed_zip(&zip, &member, 1, options[i], NULL);
		gives(&(struct call){ .path = "a.zip" }, buf_span(&zip), member.text);
	}
}
#else
static void
without_libarchive_a_zip_is_refused_with_the_package(void **state)
{
	(void)state;
	is_refused(&(struct call){ .path = "a.zip" }, (struct span){ "PK\3\4", 4 }, ERR_JOB,
	    "a.zip: this rollcall was built without zip\n"
	    "  Unpack it first, and name the text in the job file; or install libarchive (on\n"
	    "  Debian or Ubuntu: apt-get install libarchive-dev) and build rollcall again.\n"
	    "Nothing was sent.");
}
#endif

/* ---- UTF-16 */

#define BYTES(text) ((struct span){ text, sizeof(text) - 1 })

static void
utf_16_becomes_utf_8(void **state)
{
	/* a, U+00F1, U+20AC, U+1F600, LF */
	static const char little[] = "a\0\xF1\0\xAC\x20\x3D\xD8\x00\xDE\n\0";
	static const char big[] = "\0a\0\xF1\x20\xAC\xD8\x3D\xDE\x00\0\n";
	const struct span text = span_of("a\xC3\xB1\xE2\x82\xAC\xF0\x9F\x98\x80\n");

	(void)state;
	for (size_t window = 0; window < 8; window++) {
		struct call call = { .path = "a.csv", .most = window, .most_read = window / 2 };
		SCOPED(buf) marked = BUF_INIT;
		SCOPED(buf) packed = BUF_INIT;

		call.encoding = "UTF-16LE";
		gives(&call, BYTES(little), text);
		call.encoding = "UTF-16BE";
		gives(&call, BYTES(big), text);
		buf_add(&marked, "\xFE\xFF", 2);
		buf_add(&marked, big, sizeof(big) - 1);
		gives(&call, buf_span(&marked), text);
		call.encoding = "UTF-16";
		gives(&call, buf_span(&marked), text);
		call.encoding = "UTF-8";
		gives(&call, buf_span(&marked), text);
		packed_gzip(&packed, buf_span(&marked));
		call.path = "a.csv.gz";
		gives(&call, buf_span(&packed), text);
	}
	gives(&(struct call){ .path = "a", .encoding = "UTF-16" }, span_of(""), span_of(""));
	gives(&(struct call){ .path = "a" }, span_of("\xFF\xFE"), span_of(""));
}

static void
half_a_pair_is_refused_with_its_place(void **state)
{
	static const char low_first[] = "\xFF\xFE" "a\0\n\0\x00\xDC" "b\0";
	static const char high_alone[] = "\xFF\xFE" "a\0\x3D\xD8" "b\0";
	static const char high_twice[] = "\xFF\xFE" "a\0\x3D\xD8\x3D\xD8\0\xDE";

	(void)state;
	is_refused(&(struct call){ .path = "a.csv" }, BYTES(low_first), ERR_DATA,
	    "a.csv has half a pair of UTF-16 without its other half\n"
	    "  line 2, byte 6\n"
	    "  Have it written again, as UTF-8 if that can be chosen.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv" }, BYTES(high_alone), ERR_DATA,
	    "a.csv has half a pair of UTF-16 without its other half\n"
	    "  line 1, byte 4\n"
	    "  Have it written again, as UTF-8 if that can be chosen.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv" }, BYTES(high_twice), ERR_DATA,
	    "a.csv has half a pair of UTF-16 without its other half\n"
	    "  line 1, byte 4\n"
	    "  Have it written again, as UTF-8 if that can be chosen.\n"
	    "Nothing was sent.");
}

static void
utf_16_that_ends_within_a_character_is_refused(void **state)
{
	static const char half[] = "\xFF\xFE" "a\0b";
	static const char pair[] = "\xFF\xFE" "a\0\x3D\xD8";

	(void)state;
	is_refused(&(struct call){ .path = "a.csv" }, BYTES(half), ERR_DATA,
	    "a.csv ends within a character of UTF-16\n"
	    "  line 1, byte 4\n"
	    "  It was not fetched or written whole: fetch it again.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv" }, BYTES(pair), ERR_DATA,
	    "a.csv ends within a character of UTF-16\n"
	    "  line 1, byte 4\n"
	    "  It was not fetched or written whole: fetch it again.\n"
	    "Nothing was sent.");
}

static void
an_order_that_cannot_be_told_is_asked_for(void **state)
{
	static const char little[] = "a\0,\0b\0\n\0";

	(void)state;
	is_refused(&(struct call){ .path = "a.csv", .encoding = "UTF-16" }, BYTES(little), ERR_DATA,
	    "a.csv looks like UTF-16LE, and the job file says UTF-16\n"
	    "  It has no byte order mark to tell.  If that looks right, set\n"
	    "    encoding = \"UTF-16LE\";\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv", .encoding = "UTF-16BE" }, BYTES(little), ERR_DATA,
	    "a.csv looks like UTF-16LE, and the job file says UTF-16BE\n"
	    "  It has no byte order mark.  If that looks right, set\n"
	    "    encoding = \"UTF-16LE\";\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv", .encoding = "UTF-16LE" }, span_of("a,b\n1,2\n"),
	    ERR_DATA,
	    "a.csv is not UTF-16LE, which the job file says\n"
	    "  Its first 8 bytes hold no letter or digit of UTF-16.  Take  encoding  out of\n"
	    "  the job file, or correct it.\n"
	    "Nothing was sent.");
	is_refused(&(struct call){ .path = "a.csv", .encoding = "UTF-16BE" },
	    BYTES("\xFF\xFE" "a\0"), ERR_DATA,
	    "a.csv begins with the byte order mark of UTF-16LE, and the job file says UTF-16BE\n"
	    "  Set  encoding = \"UTF-16\";  and the mark decides.\n"
	    "Nothing was sent.");
}

/* ---- what fails beneath */

static void
an_input_that_cannot_be_read_is_no_bad_input(void **state)
{
	SCOPED(buf) small = BUF_INIT;
	struct span text = lines(&small, 2000);

	(void)state;
	for (int kind = 0; kind < BUILT_KINDS; kind++) {
		SCOPED(buf) packed = BUF_INIT;
		struct input input = { .fails_from = 64, .most = 64 };
		struct reader reader = input_reader(&input);
		struct err err = ERR_INIT;
		struct stage *stage;
		int failed;

		pack((enum kind)kind, &packed, text);
		input.text = packed.ptr;
		input.len = packed.len;
		failed = unpack_open(
		    &(struct unpack_options){ { &reader, packed.len, paths[kind], "" }, "UTF-8" }, &stage,
		    &err);
		assert_int_equal(failed, -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, "voters.csv: the disk is gone");
	}
}

/* ---- patterns */

static void
patterns_fit_as_in_a_shell(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool fits;
	} cases[] = {
		{ "*", "a", true }, { "*", "", true }, { "*", ".a", false }, { ".*", ".a", true },
		{ "\\.*", ".a", true }, { "*.txt", "ALA.txt", true }, { "*.txt", "ALA.TXT", false },
		{ "*.txt", "a.txt.txt", true }, { "*a*b*c", "xaybzc", true }, { "*a*b*c", "xaybz", false },
		{ "a?c", "abc", true }, { "a?c", "ac", false }, { "?", ".", false },
		{ "[a-c]x", "bx", true }, { "[a-c]x", "dx", false }, { "[!a-c]x", "dx", true },
		{ "[^a-c]x", "ax", false }, { "[]a]", "]", true }, { "[!]a]", "]", false },
		{ "[a-]", "-", true }, { "[a", "[a", true }, { "[a", "a", false }, { "\\*", "*", true },
		{ "\\*", "a", false }, { "[\\]]", "]", true }, { "a\\", "a\\", true }, { "", "", true },
		{ "", "a", false }, { "a**b", "ab", true }, { "*/x", "a/b/x", true },
		{ "[\xC0-\xFF]", "\xE9", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		if (wildcard_fits(cases[i].pattern, cases[i].name) != cases[i].fits)
			fail_msg("\"%s\" and \"%s\"", cases[i].pattern, cases[i].name);
	}
	assert_true(wildcard_is_pattern("a[b"));
	assert_false(wildcard_is_pattern("a\\b"));
}

static void
no_pattern_takes_for_ever(void **state)
{
	SCOPED(buf) pattern = BUF_INIT;
	SCOPED(buf) name = BUF_INIT;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		buf_add_text(&pattern, "*a");
		buf_add_text(&name, "aa");
	}
	buf_add_text(&pattern, "b");
	assert_false(wildcard_fits(buf_text(&pattern), buf_text(&name)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_unpacked_is_what_was_packed_whatever_the_windows),
		T(an_archive_that_is_cut_off_anywhere_is_refused),
		T(a_flipped_bit_is_refused_or_changes_nothing),
		T(several_members_or_frames_are_one_text),
		T(an_empty_text_is_empty),
		T(what_stands_behind_the_packed_data_is_refused),
		T(damage_is_told_with_its_place),
		T(a_name_and_what_is_there_must_say_the_same),
		T(a_text_that_is_its_own_is_plain),
#ifdef HAVE_LIBARCHIVE
		T(one_member_of_an_archive_is_the_text),
		T(several_members_are_a_question),
		T(archives_without_a_file_or_encrypted_are_refused),
		T(stored_and_large_archives_are_read_too),
#else
		T(without_libarchive_a_zip_is_refused_with_the_package),
#endif
		T(utf_16_becomes_utf_8),
		T(half_a_pair_is_refused_with_its_place),
		T(utf_16_that_ends_within_a_character_is_refused),
		T(an_order_that_cannot_be_told_is_asked_for),
		T(an_input_that_cannot_be_read_is_no_bad_input),
		T(patterns_fit_as_in_a_shell),
		T(no_pattern_takes_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
