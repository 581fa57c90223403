#include "platform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "store/birth.h"
#include "runner/files/folder.h"
#include "store/handle.h"

enum {
	/* An input takes some 300 bytes. */
	BYTES_MOST = 64 << 20,
	HASH_TEXT_BYTES = 2 * SCHEMA_HASH_BYTES + 1,
	DIGEST_TEXT_BYTES = 2 * PLAN_DIGEST_BYTES + 1,
};

static const char name[] = "birth.json";

int
birth_is_there(const char *folder, bool *is_there, struct err *err)
{
	return folder_has(folder, name, is_there, err);
}

/* ---- where it lives */

struct place {
	uint64_t folder_inode;
	/* Of the file `mark`, which is only written in place: another one was put back, and what it
	 * says of the store with it. 0: there is none. */
	uint64_t mark_inode;
};

static int
find_place(const char *folder, struct place *place, struct err *err)
{
	char *mark = folder_path(folder, "mark");
	bool has_mark = false;
	int rc = mark ? folder_inode(folder, &place->folder_inode, err) : err_memory(err);

	place->mark_inode = 0;
	if (rc == 0)
		rc = folder_has(folder, "mark", &has_mark, err);
	if (rc == 0 && has_mark)
		rc = folder_inode(mark, &place->mark_inode, err);
	free(mark);
	return rc;
}

/* ---- writing */

struct writer {
	struct jsonw json;
	const struct store_load *load;
};

static int
write_input(void *ctx, const struct plan_input *input, const char *path, struct err *err)
{
	struct writer *writer = ctx;
	struct jsonw *json = &writer->json;
	char digest[DIGEST_TEXT_BYTES];

	(void)err;
	if (input->input >= PLAN_RETRY_INPUTS) /* the load began without it */
		return 0;
	show_hex(input->digest, sizeof(input->digest), digest);
	jsonw_open(json, NULL, '{');
	jsonw_string(json, "source", writer->load->sources[input->source]);
	jsonw_string(json, "path", path);
	jsonw_number(json, "size", input->size);
	jsonw_signed(json, "mtime_ns", input->mtime_ns);
	jsonw_number(json, "inode", input->inode);
	jsonw_number(json, "rows", input->rows);
	jsonw_number(json, "chunks", input->chunks);
	jsonw_string(json, "digest", digest);
	jsonw_close(json, '}');
	return 0;
}

static void
write_load(struct jsonw *json, const struct store_load *load)
{
	char hash[HASH_TEXT_BYTES];
	char created[STAMP_MS_BYTES];

	show_hex(load->job_hash, sizeof(load->job_hash), hash);
	jsonw_number(json, "store_version", SCHEMA_VERSION);
	jsonw_string(json, "load_id", load->load_id);
	jsonw_string(json, "created", stamp_iso_ms(load->created_ms, created));
	jsonw_string(json, "job_sha256", hash);
	jsonw_string(json, "job", load->job);
}

int
birth_write(struct store *store, const char *machine_id, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	struct writer writer = { jsonw_into(&text), &store->load };
	struct place place;

	if (find_place(store->folder, &place, err))
		return -1;
	jsonw_open(&writer.json, NULL, '{');
	write_load(&writer.json, &store->load);
	jsonw_string(&writer.json, "machine_id", machine_id);
	jsonw_number(&writer.json, "folder_inode", place.folder_inode);
	jsonw_number(&writer.json, "mark_inode", place.mark_inode);
	jsonw_number(&writer.json, "chunks", store->load.chunks);
	jsonw_open(&writer.json, "inputs", '[');
	if (store_each_input(store, write_input, &writer, err))
		return -1;
	jsonw_close(&writer.json, ']');
	jsonw_close(&writer.json, '}');
	buf_add_byte(&text, '\n');
	if (buf_check(&text, err))
		return -1;
	return folder_write(store->folder, name, buf_span(&text), err);
}

/* ---- reading */

static struct json
member(const struct birth *birth, const char *member_name)
{
	return json_member(json_root(&birth->doc), member_name);
}

static bool
says_span(struct json value, struct span text)
{
	struct span is;

	return json_text(value, &is) == 0 && span_equal(is, text);
}

static bool
says_text(struct json value, const char *text)
{
	return says_span(value, span_of(text));
}

static bool
says_number(struct json value, uint64_t number)
{
	uint64_t is;

	return json_u64(value, &is) == 0 && is == number;
}

int
birth_read(struct birth *birth, const char *folder, struct err *err)
{
	uint64_t version = 0;

	if (folder_read(folder, name, BYTES_MOST, &birth->text, err))
		return -1;
	if (json_parse(&birth->doc, buf_span(&birth->text), JSON_DEPTH, err)) {
		if (err && err->kind != ERR_DATA) /* short of memory: that says nothing of the file */
			return -1;
		if (err)
			err->kind = ERR_IO;
		return err_within(err, "%s/%s is damaged", folder, name);
	}
	if (json_u64(member(birth, "store_version"), &version))
		return err_set(err, ERR_IO, "%s/%s is damaged: it has no store_version", folder,
		    name);
	if (version == 0)
		return err_set(err, ERR_IO, "%s/%s is damaged: its store_version is 0", folder,
		    name);
	if (version > SCHEMA_VERSION)
		return err_set(err, ERR_INPUT,
		    "%s was begun by a newer rollcall (store version %" PRIu64
		    ", this one reads %d)\n  Use that rollcall for this load, to its end.",
		    folder, version, SCHEMA_VERSION);
	return 0;
}

void
birth_done(struct birth *birth)
{
	json_done(&birth->doc);
	buf_done(&birth->text);
}

/* ---- comparing */

int
birth_compare_place(const struct birth *birth, const char *folder, const char *machine_id,
    const char **other, struct err *err)
{
	struct place place;

	if (find_place(folder, &place, err))
		return -1;
	if (!says_text(member(birth, "machine_id"), machine_id))
		*other = "on another machine";
	else if (!says_number(member(birth, "folder_inode"), place.folder_inode))
		*other = "in another folder";
	else if (!says_number(member(birth, "mark_inode"), place.mark_inode))
		*other = place.mark_inode ? "with another file \"mark\"" : "with a file \"mark\"";
	else
		*other = NULL;
	return 0;
}

struct comparison {
	const struct birth *birth;
	struct store *store;
	size_t at;
	const char *difference; /* NULL: none */
};

/* A path that is not UTF-8 is written with other signs in it: compared as it would be written. */
static int
says_path(struct json value, const char *path, bool *is_said, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct jsonw json = jsonw_into(&text);
	struct span wanted;

	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "path", path);
	jsonw_close(&json, '}');
	if (buf_check(&text, err) || json_parse(&doc, buf_span(&text), JSON_DEPTH, err))
		return -1;
	*is_said = !json_text(json_member(json_root(&doc), "path"), &wanted) &&
		   says_span(value, wanted);
	return 0;
}

static int
compare_input(void *ctx, const struct plan_input *input, const char *path, struct err *err)
{
	struct comparison *comparison = ctx;
	struct json inputs = member(comparison->birth, "inputs");
	const char *source = comparison->store->load.sources[input->source];
	char digest[DIGEST_TEXT_BYTES];
	int64_t mtime_ns;
	struct json ours;
	bool is_said;

	if (input->input >= PLAN_RETRY_INPUTS)
		return 0;
	ours = json_item(inputs, comparison->at++);
	if (says_path(json_member(ours, "path"), path, &is_said, err))
		return -1;
	if (!is_said) {
		comparison->difference = "its inputs have other paths";
		return 0;
	}
	show_hex(input->digest, sizeof(input->digest), digest);
	if (!says_text(json_member(ours, "source"), source) ||
	    !says_number(json_member(ours, "size"), input->size) ||
	    json_i64(json_member(ours, "mtime_ns"), &mtime_ns) || mtime_ns != input->mtime_ns ||
	    !says_number(json_member(ours, "inode"), input->inode) ||
	    !says_number(json_member(ours, "rows"), input->rows) ||
	    !says_number(json_member(ours, "chunks"), input->chunks) ||
	    !says_text(json_member(ours, "digest"), digest))
		comparison->difference = "its inputs differ";
	return 0;
}

static const char *
difference_of(const struct birth *birth, const struct store_load *load)
{
	char hash[HASH_TEXT_BYTES], created[STAMP_MS_BYTES];

	show_hex(load->job_hash, sizeof(load->job_hash), hash);
	if (!says_text(member(birth, "load_id"), load->load_id))
		return "its load id differs";
	if (!says_text(member(birth, "job_sha256"), hash) ||
	    !says_text(member(birth, "job"), load->job))
		return "its job differs";
	if (!says_text(member(birth, "created"), stamp_iso_ms(load->created_ms, created)))
		return "its time differs";
	if (!says_number(member(birth, "chunks"), load->chunks))
		return "its number of chunks differs";
	if (json_count(member(birth, "inputs")) != load->inputs)
		return "its number of inputs differs";
	return NULL;
}

int
birth_check_store(const struct birth *birth, struct store *store, struct err *err)
{
	struct comparison comparison = { birth, store, 0, difference_of(birth, &store->load) };

	if (!comparison.difference &&
	    store_each_input(store, compare_input, &comparison, err))
		return -1;
	if (!comparison.difference)
		return 0;
	return err_set(err, ERR_INPUT,
	    "%s: birth.json and store do not belong together (%s)\n"
	    "  One of them is from another load: put back the one that belongs here.",
	    store->folder, comparison.difference);
}
