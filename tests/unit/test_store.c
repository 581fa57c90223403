#include "platform.h"

#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "runner/base/show.h"
#include "store/events.h"
#include "store/handle.h"
#include "store/inspect.h"

static struct fixture
begin_load(uint32_t chunks)
{
	struct fixture fixture = fixture_begin();

	fixture_create(&fixture, chunks);
	return fixture;
}

static bool
look(struct fixture *fixture)
{
	bool is_there = false;

	OK(store_look(fixture_options(fixture), &is_there, err));
	return is_there;
}

/* ---- creating */

static void
an_empty_folder_holds_no_load(void **state)
{
	struct fixture fixture = fixture_begin();

	(void)state;
	assert_false(look(&fixture));
	fixture_end(&fixture);
}

static void
a_created_load_opens_and_says_what_it_is(void **state)
{
	struct fixture fixture = begin_load(3);
	const struct store_load *load;
	struct store *store;
	unsigned char hash[32];

	(void)state;
	assert_true(look(&fixture));
	store = fixture_open(&fixture);
	load = store_load(store);
	assert_string_equal(load->load_id, "00112233445566778899aabbccddeeff");
	assert_int_equal(load->created_ms, INT64_C(1795299247123));
	assert_string_equal(load->job, "nation=ourcampaign\nsource=people\n");
	fixture_sha256(load->job, strlen(load->job), hash);
	assert_memory_equal(load->job_hash, hash, sizeof(hash));
	assert_int_equal(load->source_count, 2);
	assert_string_equal(load->sources[0], "people");
	assert_string_equal(load->sources[1], "ballots");
	assert_int_equal(load->inputs, 2);
	assert_int_equal(load->chunks, 5);
	store_close(store);
	fixture_end(&fixture);
}

struct inputs {
	struct plan_input seen[2];
	char paths[2][16];
	size_t count;
};

static int
see_input(void *visitor, const struct plan_input *input, const char *path, struct err *err)
{
	struct inputs *inputs = visitor;

	(void)err;
	assert_int_equal(input->columns.len, sizeof(fixture_columns));
	assert_memory_equal(input->columns.ptr, fixture_columns, sizeof(fixture_columns));
	snprintf(inputs->paths[inputs->count], sizeof(inputs->paths[0]), "%s", path);
	inputs->seen[inputs->count++] = *input;
	return 0;
}

static void
the_inputs_read_as_they_were_planned(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store = fixture_open(&fixture);
	struct plan_input made = fixture_input(1, 2);
	struct inputs inputs = { .count = 0 };

	(void)state;
	OK(store_each_input(store, see_input, &inputs, err));
	assert_int_equal(inputs.count, 2);
	assert_string_equal(inputs.paths[0], "people.csv");
	assert_string_equal(inputs.paths[1], "ballots.csv");
	assert_int_equal(inputs.seen[1].source, 1);
	assert_int_equal(inputs.seen[1].size, made.size);
	assert_int_equal(inputs.seen[1].mtime_ns, made.mtime_ns);
	assert_int_equal(inputs.seen[1].inode, made.inode);
	assert_int_equal(inputs.seen[1].rows, made.rows);
	assert_int_equal(inputs.seen[1].chunks, made.chunks);
	assert_memory_equal(inputs.seen[1].digest, made.digest, sizeof(made.digest));
	store_close(store);
	fixture_end(&fixture);
}

static void
a_plan_of_many_batches_is_whole(void **state)
{
	struct fixture fixture = begin_load(30000); /* 1.7 MB, and a map that must grow */
	struct store *store = fixture_open(&fixture);
	struct journal_port journal = journal_of(store);
	struct plan_chunk plan;

	(void)state;
	OK(journal.read_plan(journal.ctx, 0, 30000, &plan, err));
	assert_int_equal(plan.end_byte, 30 + 1000 * 30000);
	assert_int_equal(store_load(store)->chunks, 30002);
	store_close(store);
	fixture_end(&fixture);
}

static void
a_load_is_for_its_owner_only(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} entries[] = { { "store", 0700 }, { "store/data.mdb", 0600 }, { "store/lock.mdb", 0600 },
		{ "birth.json", 0600 }, { "ids", 0600 } };
	struct fixture fixture = begin_load(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", fixture.folder, entries[i].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, entries[i].mode);
	}
	fixture_end(&fixture);
}

static void
an_unfinished_draft_is_removed_and_begun_again(void **state)
{
	struct fixture fixture = fixture_begin();
	struct draft_options options = fixture_draft(&fixture);
	struct draft *draft;
	bool is_there;

	(void)state;
	OK(draft_begin(&draft, &options, err));
	fixture_plan(draft, 3);
	draft_free(draft); /* as a crash leaves it */
	assert_false(look(&fixture));
	OK(folder_has(fixture.folder, "store.new", &is_there, err));
	assert_false(is_there);
	fixture_create(&fixture, 3);
	assert_true(look(&fixture));
	fixture_end(&fixture);
}

/* ---- the birth certificate */

static void
move(const struct fixture *fixture, const char *from, const char *to)
{
	OK(folder_rename(fixture->folder, from, to, err));
}

static void
a_store_without_certificate_in_which_nothing_was_sent_is_planned_again(void **state)
{
	struct fixture fixture = begin_load(3);
	bool is_there;

	(void)state;
	move(&fixture, "birth.json", "gone");
	assert_false(look(&fixture));
	OK(folder_has(fixture.folder, "store", &is_there, err));
	assert_false(is_there);
	fixture_end(&fixture);
}

static void
a_store_without_certificate_in_which_a_post_began_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store = fixture_open(&fixture);
	bool is_there;

	(void)state;
	fixture_submit(store, 0, 1, 0);
	store_close(store);
	move(&fixture, "birth.json", "gone");
	REFUSED(store_look(fixture_options(&fixture), &is_there, err), ERR_INPUT,
	    "in which rows were sent, but no birth.json");
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT, "birth.json");
	fixture_end(&fixture);
}

static void
a_damaged_store_without_certificate_is_not_discarded(void **state)
{
	struct fixture fixture = begin_load(3);
	bool is_there;
	char path[64];

	(void)state;
	move(&fixture, "birth.json", "gone");
	snprintf(path, sizeof(path), "%s/store/data.mdb", fixture.folder);
	assert_int_equal(truncate(path, 0), 0);
	REFUSED(store_look(fixture_options(&fixture), &is_there, err), ERR_IO,
	    "has no birth.json");
	OK(folder_has(fixture.folder, "store", &is_there, err));
	assert_true(is_there);
	fixture_end(&fixture);
}

static void
a_certificate_without_its_store_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;
	bool is_there;

	(void)state;
	move(&fixture, "store", "gone");
	REFUSED(store_look(fixture_options(&fixture), &is_there, err), ERR_INPUT,
	    "its store is missing");
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT, "No such file");
	fixture_end(&fixture);
}

static void
a_folder_from_another_machine_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;

	(void)state;
	fixture.options.machine_id = "fedcba9876543210";
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "the load was begun, or went on, on another machine");
	fixture_end(&fixture);
}

static void
a_copied_folder_is_refused_and_a_renamed_one_opens(void **state)
{
	struct fixture fixture = begin_load(3);
	struct fixture copy = fixture;
	char command[128];
	struct store *store;

	(void)state;
	memcpy(copy.folder + strlen(copy.folder) - 6, "copied", 6);
	snprintf(command, sizeof(command), "cp -a %s %s", fixture.folder, copy.folder);
	assert_int_equal(system(command), 0);
	REFUSED(store_open(&store, fixture_options(&copy), err), ERR_INPUT,
	    "the load was begun, or went on, in another folder");
	fixture_end(&copy);
	assert_int_equal(rename(fixture.folder, copy.folder), 0);
	store_close(fixture_open(&copy));
	fixture_end(&copy);
}

/* In place, so that no inode tells. */
static void
put_back(const struct fixture *fixture, const char *name, struct span bytes)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
	file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 0), 0);
	if (bytes.len)
		assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static int
truncate_mark(const struct fixture *fixture)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/mark", fixture->folder);
	return truncate(path, 0);
}

static void
submit(struct fixture *fixture, uint32_t number, uint64_t import_id)
{
	struct store *store = fixture_open(fixture);

	fixture_submit(store, 0, number, import_id);
	store_close(store);
}

static void
a_store_that_is_older_than_what_was_written_here_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;
	size_t len;
	char *before;

	(void)state;
	submit(&fixture, 1, 4711);
	before = fixture_bytes(fixture.folder, "store/data.mdb", &len);
	submit(&fixture, 2, 4712);
	put_back(&fixture, "store/data.mdb", (struct span){ before, len });
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "went on, with a newer store");
	free(before);
	fixture_end(&fixture);
}

static void
a_store_that_went_another_way_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;
	size_t len, mark_len;
	char *before, *mark;

	(void)state;
	before = fixture_bytes(fixture.folder, "store/data.mdb", &len);
	submit(&fixture, 2, 4712);
	mark = fixture_bytes(fixture.folder, "mark", &mark_len);
	put_back(&fixture, "store/data.mdb", (struct span){ before, len });
	assert_int_equal(truncate_mark(&fixture), 0);
	submit(&fixture, 1, 4711);
	put_back(&fixture, "mark", (struct span){ mark, mark_len });
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "with a store that has other events");
	free(before);
	free(mark);
	fixture_end(&fixture);
}

static void
put_back_as_a_new_file(const struct fixture *fixture, const char *name)
{
	char command[256];

	snprintf(command, sizeof(command), "cp -a %s/%s %s/c && mv %s/c %s/%s", fixture->folder, name,
	    fixture->folder, fixture->folder, fixture->folder, name);
	assert_int_equal(system(command), 0);
}

/* As rsync and tar do: the store may be older, and its mark with it. */
static void
a_mark_that_was_put_back_or_is_missing_is_refused_and_the_newest_store_is_not(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;

	(void)state;
	submit(&fixture, 1, 4711);
	put_back_as_a_new_file(&fixture, "store/data.mdb");
	store_close(fixture_open(&fixture));
	put_back_as_a_new_file(&fixture, "mark");
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "with another file \"mark\"");
	OK(folder_rename(fixture.folder, "mark", "gone", err));
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "with a file \"mark\"");
	fixture_end(&fixture);
}

static void
a_mark_that_lags_behind_or_is_damaged_says_nothing(void **state)
{
	struct fixture fixture = begin_load(3);
	size_t len;
	char *before;

	(void)state;
	submit(&fixture, 1, 4711);
	before = fixture_bytes(fixture.folder, "mark", &len);
	submit(&fixture, 2, 4712);
	put_back(&fixture, "mark", (struct span){ before, len });
	submit(&fixture, 3, 4713);
	before[3] ^= 1;
	put_back(&fixture, "mark", (struct span){ before, len });
	store_close(fixture_open(&fixture));
	put_back(&fixture, "mark", SPAN_NONE);
	store_close(fixture_open(&fixture));
	free(before);
	fixture_end(&fixture);
}

static void
what_was_copied_opens_to_be_adopted_and_then_belongs_here(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;

	(void)state;
	submit(&fixture, 1, 4711);
	fixture.options.machine_id = "fedcba9876543210";
	fixture.options.adopts = true;
	OK(store_open(&store, fixture_options(&fixture), err));
	assert_string_equal(store_copied(store), "on another machine");
	store_close(store);
	/* not adopted, it stays a copy */
	fixture.options.adopts = false;
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT, "is a copy");
	fixture.options.adopts = true;
	OK(store_open(&store, fixture_options(&fixture), err));
	OK(store_adopt(store, fixture_options(&fixture), err));
	assert_null(store_copied(store));
	fixture_submit(store, 0, 2, 4712);
	store_close(store);
	fixture.options.adopts = false;
	store_close(fixture_open(&fixture));
	fixture_end(&fixture);
}

static void
a_load_that_ran_and_lost_store_and_certificate_is_not_begun_again(void **state)
{
	struct fixture fixture = begin_load(3);
	bool is_there;

	(void)state;
	submit(&fixture, 1, 4711);
	OK(folder_remove(fixture.folder, "store", err));
	OK(folder_rename(fixture.folder, "birth.json", "gone", err));
	REFUSED(store_look(fixture_options(&fixture), &is_there, err), ERR_INPUT,
	    "its store and its birth.json are missing");
	fixture_end(&fixture);
}

static void
an_older_store_without_its_certificate_is_not_planned_again(void **state)
{
	struct fixture fixture = begin_load(3);
	size_t len;
	char *before = fixture_bytes(fixture.folder, "store/data.mdb", &len);
	bool is_there;

	(void)state;
	submit(&fixture, 1, 4711);
	put_back(&fixture, "store/data.mdb", (struct span){ before, len });
	OK(folder_rename(fixture.folder, "birth.json", "gone", err));
	REFUSED(store_look(fixture_options(&fixture), &is_there, err), ERR_INPUT,
	    "in which rows were sent, but no birth.json");
	free(before);
	fixture_end(&fixture);
}

/* Bytes all over it. */
static void
a_certificate_with_a_changed_byte_is_refused_wherever_it_is(void **state)
{
	struct fixture fixture = begin_load(3);
	size_t len;
	char *before = fixture_bytes(fixture.folder, "birth.json", &len);

	(void)state;
	for (size_t i = 0; i + 1 < len; i += 7) { /* each takes a process; the last is the line's end */
		struct err why = ERR_INIT;
		struct store *store;

		before[i] ^= 1;
		put_back(&fixture, "birth.json", (struct span){ before, len });
		before[i] ^= 1;
		if (store_open(&store, fixture_options(&fixture), &why) == 0)
			fail_msg("byte %zu, \"%c\", may be changed", i, before[i]);
	}
	free(before);
	fixture_end(&fixture);
}

/* Puts the store of another load into the folder. */
static void
exchange_store(struct fixture *fixture, struct fixture *other)
{
	char from[64], to[64];

	move(fixture, "store", "mine");
	snprintf(from, sizeof(from), "%s/store", other->folder);
	snprintf(to, sizeof(to), "%s/store", fixture->folder);
	assert_int_equal(rename(from, to), 0);
}

static void
a_store_of_another_load_is_refused_by_what_differs(void **state)
{
	static const struct {
		const char *load_id;
		const char *job;
		uint32_t chunks;
		const char *words;
	} others[] = {
		{ "ff", "nation=ourcampaign\nsource=people\n", 3, "its load id differs" },
		{ "00112233445566778899aabbccddeeff", "another", 3, "its job differs" },
		{ "00112233445566778899aabbccddeeff", "nation=ourcampaign\nsource=people\n", 4,
		    "its number of chunks differs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		struct fixture fixture = begin_load(3);
		struct fixture other = fixture_begin();
		struct draft_options options = fixture_draft(&other);
		struct draft *draft;
		struct store *store;

		options.load_id = others[i].load_id;
		options.job = others[i].job;
		OK(draft_begin(&draft, &options, err));
		fixture_plan(draft, others[i].chunks);
		OK(draft_finish(draft, err));
		draft_free(draft);
		exchange_store(&fixture, &other);
		REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
		    others[i].words);
		fixture_end(&fixture);
		fixture_end(&other);
	}
}

/* Replaces words of birth.json. */
static void
edit_birth(struct fixture *fixture, const char *old, const char *new)
{
	SCOPED(buf) edited = BUF_INIT;
	size_t len;
	char *text = fixture_bytes(fixture->folder, "birth.json", &len);
	char *at = strstr(text, old);

	assert_non_null(at);
	buf_add(&edited, text, (size_t)(at - text));
	buf_add_text(&edited, new);
	buf_add_text(&edited, at + strlen(old));
	OK(folder_write(fixture->folder, "birth.json", buf_span(&edited), err));
	free(text);
}

static void
a_certificate_whose_inputs_differ_is_refused(void **state)
{
	static const char *const edits[][2] = {
		{ "\"size\":3030", "\"size\":3031" },
		{ "\"mtime_ns\":1795299247123456789", "\"mtime_ns\":1795299247123456788" },
		{ "\"inode\":4711", "\"inode\":4713" },
		{ "\"rows\":30", "\"rows\":31" },
		{ "\"chunks\":3,\"digest\"", "\"chunks\":2,\"digest\"" },
		{ "\"digest\":\"11", "\"digest\":\"12" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(edits); i++) {
		struct fixture fixture = begin_load(3);
		struct store *store;

		edit_birth(&fixture, edits[i][0], edits[i][1]);
		REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
		    "its inputs differ");
		fixture_end(&fixture);
	}
}

static void
a_certificate_that_is_cut_off_anywhere_is_damaged(void **state)
{
	struct fixture fixture = begin_load(1);
	size_t len;
	char *text = fixture_bytes(fixture.folder, "birth.json", &len);
	struct store *store;

	(void)state;
	for (size_t cut = 0; cut < len - 1; cut += 7) { /* the last byte is a newline */
		OK(folder_write(fixture.folder, "birth.json", (struct span){ text, cut }, err));
		REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_IO,
		    "birth.json is damaged");
	}
	free(text);
	fixture_end(&fixture);
}

static void
a_load_of_a_newer_rollcall_is_refused_by_certificate_and_by_store(void **state)
{
	struct fixture fixture = begin_load(1);
	struct schema_format newer = { SCHEMA_VERSION + 1 };
	struct store *store = fixture_open(&fixture);

	(void)state;
	{
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &store->env, TXN_WRITE, err));
		schema_put(&txn, SCHEMA_META, &schema_format_shape, span_of("format"), &newer);
		OK(txn_commit(&txn, err));
	}
	store_close(store);
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "written by a newer rollcall (store version 2, this one reads 1)");
	REFUSED(store_open_reading(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "newer rollcall");
	edit_birth(&fixture, "\"store_version\":1", "\"store_version\":2");
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_INPUT,
	    "begun by a newer rollcall");
	fixture_end(&fixture);
}

/* ---- damage */

static void
a_store_file_without_bytes_is_refused(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/store/data.mdb", fixture.folder);
	assert_int_equal(truncate(path, 0), 0);
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_IO, "has no bytes");
	REFUSED(store_open_reading(&store, fixture_options(&fixture), err), ERR_IO,
	    "has no bytes");
	fixture_end(&fixture);
}

static void
a_truncated_store_is_refused_with_what_to_do(void **state)
{
	struct fixture fixture = begin_load(300);
	struct store *store;
	struct stat st;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/store/data.mdb", fixture.folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 4096), 0);
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_IO, "its pages need");
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_IO, "Keep the folder");
	fixture_end(&fixture);
}

static void
a_record_with_a_flipped_bit_is_named(void **state)
{
	struct fixture fixture = begin_load(3);
	struct plan_chunk plan = fixture_chunk(0, 2);
	size_t len;
	SCOPED(buf) inner = BUF_INIT;
	char *bytes;
	char *at;
	struct store *store;

	(void)state;
	buf_printf(&inner, "%s/store", fixture.folder);
	bytes = fixture_bytes(buf_text(&inner), "data.mdb", &len);
	at = memmem(bytes, len, plan.digest, sizeof(plan.digest));
	assert_non_null(at);
	for (; at; at = memmem(at, (size_t)(bytes + len - at), plan.digest, sizeof(plan.digest)))
		at[3] ^= 1;
	OK(folder_write(buf_text(&inner), "data.mdb", (struct span){ bytes, len }, err));
	REFUSED(store_open(&store, fixture_options(&fixture), err), ERR_IO,
	    "is damaged: plan record 0/2: its check sum differs");
	free(bytes);
	fixture_end(&fixture);
}

static void
write_damaged(const char *folder, struct span bytes, size_t page, int pattern)
{
	SCOPED(buf) copy = BUF_INIT;

	buf_add_span(&copy, bytes);
	memset(copy.ptr + page * 4096, pattern, 4096);
	OK(folder_write(folder, "data.mdb", buf_span(&copy), err));
}

/* Every page of a store in turn is filled with each of some patterns; whatever the child does, dies,
 * loops or complains, this process lives and the error has a text. Where the page was free, the
 * store opens. */
static void
no_page_that_is_overwritten_can_harm_the_process_that_asks(void **state)
{
	static const int patterns[] = { 0x00, 0xFF, 0x41 };
	struct fixture fixture = begin_load(150);
	SCOPED(buf) inner = BUF_INIT;
	unsigned refused = 0;
	size_t len;
	char *bytes;

	(void)state;
	buf_printf(&inner, "%s/store", fixture.folder);
	bytes = fixture_bytes(buf_text(&inner), "data.mdb", &len);
	for (size_t page = 0; page < len / 4096; page++) {
		for (size_t i = 0; i < ARRAY_COUNT(patterns); i++) {
			struct err why = ERR_INIT;

			write_damaged(buf_text(&inner), (struct span){ bytes, len }, page,
			    patterns[i]);
			if (inspect_in_child(fixture.folder, INSPECT_ALL, &why) == 0)
				continue;
			refused++;
			assert_true(why.kind == ERR_IO || why.kind == ERR_INPUT);
			assert_true(why.text[0] != '\0');
		}
	}
	assert_true(refused > len / 4096);
	free(bytes);
	fixture_end(&fixture);
}

/* ---- looking on, rescued ids */

static void
a_reader_needs_no_lock_and_no_certificate(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store;
	struct tally tally;
	uint64_t count;

	(void)state;
	move(&fixture, "birth.json", "gone");
	OK(store_open_reading(&store, fixture_options(&fixture), err));
	OK(events_count(store, &count, err));
	OK(store_tally(store, 0, &tally, err));
	assert_int_equal(count, 0);
	assert_int_equal(tally.rows_in_file, 30);
	store_close(store);
	fixture_end(&fixture);
}

static void
rescued_ids_are_there_after_a_new_start_until_they_are_forgotten(void **state)
{
	struct fixture fixture = begin_load(3);
	struct store *store = fixture_open(&fixture);
	struct journal_port journal = journal_of(store);
	struct ids_entry entries[IDS_MOST];
	unsigned count;

	(void)state;
	OK(journal.rescue_id(journal.ctx, 0, 2, 1, 4711, err));
	OK(journal.rescue_id(journal.ctx, 1, 1, 3, LIMIT_IMPORT_ID, err));
	store_close(store);
	store = fixture_open(&fixture);
	OK(ids_read(&store->ids, entries, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(entries[0].number, 2);
	assert_int_equal(entries[0].import_id, 4711);
	assert_int_equal(entries[1].source, 1);
	assert_int_equal(entries[1].attempt, 3);
	assert_true(entries[1].import_id == LIMIT_IMPORT_ID);
	OK(store_forget_rescued(store, err));
	store_close(store);
	store = fixture_open(&fixture);
	OK(ids_read(&store->ids, entries, &count, err));
	assert_int_equal(count, 0);
	store_close(store);
	fixture_end(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_folder_holds_no_load),
		cmocka_unit_test(a_created_load_opens_and_says_what_it_is),
		cmocka_unit_test(the_inputs_read_as_they_were_planned),
		cmocka_unit_test(a_plan_of_many_batches_is_whole),
		cmocka_unit_test(a_load_is_for_its_owner_only),
		cmocka_unit_test(an_unfinished_draft_is_removed_and_begun_again),
		cmocka_unit_test(
		    a_store_without_certificate_in_which_nothing_was_sent_is_planned_again),
		cmocka_unit_test(a_store_without_certificate_in_which_a_post_began_is_refused),
		cmocka_unit_test(a_damaged_store_without_certificate_is_not_discarded),
		cmocka_unit_test(a_certificate_without_its_store_is_refused),
		cmocka_unit_test(a_folder_from_another_machine_is_refused),
		cmocka_unit_test(a_copied_folder_is_refused_and_a_renamed_one_opens),
		cmocka_unit_test(a_store_that_is_older_than_what_was_written_here_is_refused),
		cmocka_unit_test(a_store_that_went_another_way_is_refused),
		cmocka_unit_test(
		    a_mark_that_was_put_back_or_is_missing_is_refused_and_the_newest_store_is_not),
		cmocka_unit_test(a_mark_that_lags_behind_or_is_damaged_says_nothing),
		cmocka_unit_test(what_was_copied_opens_to_be_adopted_and_then_belongs_here),
		cmocka_unit_test(a_load_that_ran_and_lost_store_and_certificate_is_not_begun_again),
		cmocka_unit_test(an_older_store_without_its_certificate_is_not_planned_again),
		cmocka_unit_test(a_certificate_with_a_changed_byte_is_refused_wherever_it_is),
		cmocka_unit_test(a_store_of_another_load_is_refused_by_what_differs),
		cmocka_unit_test(a_certificate_whose_inputs_differ_is_refused),
		cmocka_unit_test(a_certificate_that_is_cut_off_anywhere_is_damaged),
		cmocka_unit_test(a_load_of_a_newer_rollcall_is_refused_by_certificate_and_by_store),
		cmocka_unit_test(a_store_file_without_bytes_is_refused),
		cmocka_unit_test(a_truncated_store_is_refused_with_what_to_do),
		cmocka_unit_test(a_record_with_a_flipped_bit_is_named),
		cmocka_unit_test(no_page_that_is_overwritten_can_harm_the_process_that_asks),
		cmocka_unit_test(a_reader_needs_no_lock_and_no_certificate),
		cmocka_unit_test(rescued_ids_are_there_after_a_new_start_until_they_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
