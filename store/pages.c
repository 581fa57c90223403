#include "platform.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "store/pages.h"

/* ---- the format (mdb.c of LMDB 0.9: MDB_page, MDB_node, MDB_db, MDB_meta) */

enum {
	HEADER_BYTES = 16,
	NODE_BYTES = 8,
	DB_BYTES = 48,
	META_PAGES = 2,
	META_BYTES = 8 + 16 + 2 * DB_BYTES + 16,

	PAGE_BRANCH = 0x01,
	PAGE_LEAF = 0x02,
	PAGE_OVERFLOW = 0x04,
	PAGE_DIRTY = 0x10, /* left in pages that were written from memory */

	NODE_BIG = 0x01, /* the data is in overflow pages */
	NODE_DB = 0x02,  /* the data is the record of a named database */

	DB_INTEGER_KEYS = 0x08, /* of the list of free pages */

	LEVELS_MOST = 16, /* 2^16 leaves have 3 or 4 */
	PAGE_BYTES_LEAST = 256,
	PAGE_BYTES_MOST = 65536,
};

#define NO_PAGE UINT64_MAX

struct db {
	uint32_t pad; /* of the list of free pages: the size of a page */
	uint16_t flags;
	uint16_t depth;
	uint64_t branches, leaves, overflows, entries;
	uint64_t root;
};

struct node {
	struct span key;
	const char *data;
	uint64_t data_bytes; /* leaves */
	uint64_t child;      /* branches */
	uint16_t flags;
	size_t bytes; /* that it takes in its page */
};

struct walk {
	int fd;
	const char *folder;
	struct err *err;
	uint32_t page_bytes;
	uint64_t page_count; /* in use by the snapshot, meta pages included */
	unsigned char *taken; /* a bit a page */
	char *pages;          /* one a level */
	char *covered;        /* of the page at hand, a byte a byte */
};

/* What is counted while a database is walked. */
struct counts {
	const struct db *db;
	const char *name;
	uint64_t branches, leaves, overflows, entries;
	int (*visit)(struct walk *walk, const struct node *node, const struct counts *counts);
};

/* Where the keys of a page must lie: from `low` on, below `high`; no ptr: no bound. */
struct bounds {
	struct span low, high;
};

static uint16_t
get16(const char *from)
{
	uint16_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint32_t
get32(const char *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t
get64(const char *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static struct db
read_db(const char *from)
{
	return (struct db){
		.pad = get32(from),
		.flags = get16(from + 4),
		.depth = get16(from + 6),
		.branches = get64(from + 8),
		.leaves = get64(from + 16),
		.overflows = get64(from + 24),
		.entries = get64(from + 32),
		.root = get64(from + 40),
	};
}

static int
damaged(const struct walk *walk, uint64_t page, const char *how)
{
	return err_set(walk->err, ERR_IO, "%s is damaged: page %" PRIu64 " %s", walk->folder, page,
	    how);
}

/* ---- pages */

static int
read_bytes(const struct walk *walk, uint64_t page, char *to, size_t bytes)
{
	uint64_t at = page * walk->page_bytes;
	size_t done = 0;

	while (done < bytes) {
		ssize_t got = pread(walk->fd, to + done, bytes - done, (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(walk->err, ERR_IO, errno, "%s", walk->folder);
		if (got == 0)
			return damaged(walk, page, "lies behind the end of the file");
		done += (size_t)got;
	}
	return 0;
}

/* A page belongs to one place. */
static int
take(struct walk *walk, uint64_t page)
{
	unsigned char bit = (unsigned char)(1u << (page % 8));

	if (page < META_PAGES || page >= walk->page_count)
		return damaged(walk, page, "is named, and cannot be");
	if (walk->taken[page / 8] & bit)
		return damaged(walk, page, "is in two places");
	walk->taken[page / 8] |= bit;
	return 0;
}

static int
read_page(struct walk *walk, uint64_t page, unsigned level, const char **bytes)
{
	char *to = walk->pages + (size_t)level * walk->page_bytes;

	if (take(walk, page) || read_bytes(walk, page, to, walk->page_bytes))
		return -1;
	if (get64(to) != page)
		return damaged(walk, page, "says that it is another one");
	*bytes = to;
	return 0;
}

/* `node` is at an offset within the page; false: it is not. */
static bool
read_node(const struct walk *walk, const char *page, size_t at, bool is_branch, struct node *node)
{
	size_t key_bytes, most = walk->page_bytes;
	uint64_t low;

	if (at < HEADER_BYTES || at + NODE_BYTES > most || at % 2)
		return false;
	key_bytes = get16(page + at + 6);
	if (at + NODE_BYTES + key_bytes > most)
		return false;
	low = get32(page + at);
	node->key = (struct span){ page + at + NODE_BYTES, key_bytes };
	node->flags = is_branch ? 0 : get16(page + at + 4);
	node->child = low | (uint64_t)get16(page + at + 4) << 32;
	node->data = node->key.ptr + key_bytes;
	node->data_bytes = low;
	node->bytes = NODE_BYTES + key_bytes;
	if (!is_branch)
		node->bytes += node->flags & NODE_BIG ? sizeof(uint64_t) : low;
	node->bytes += node->bytes & 1;
	return at + node->bytes <= most;
}

/* Nodes lie side by side from `upper` to the end of the page. */
static bool
covers(const struct walk *walk, size_t at, const struct node *node)
{
	if (memchr(walk->covered + at, 1, node->bytes))
		return false;
	memset(walk->covered + at, 1, node->bytes);
	return true;
}

static int
compare_keys(const struct counts *counts, struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order;

	if (counts->db->flags & DB_INTEGER_KEYS && len == sizeof(uint64_t))
		return (get64(a.ptr) > get64(b.ptr)) - (get64(a.ptr) < get64(b.ptr));
	order = len ? memcmp(a.ptr, b.ptr, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The first key of a branch is empty and stands for all that is below the second. */
static bool
is_in_order(const struct counts *counts, const struct bounds *bounds, struct span last,
    struct span key)
{
	if (last.ptr && compare_keys(counts, last, key) >= 0)
		return false;
	if (bounds->low.ptr && compare_keys(counts, bounds->low, key) > 0)
		return false;
	return !bounds->high.ptr || compare_keys(counts, key, bounds->high) < 0;
}

/* How many nodes a page has, if its header makes sense and its nodes do. */
static int
check_page(const struct walk *walk, const struct counts *counts, const struct bounds *bounds,
    const char *page, bool is_branch, size_t *count)
{
	uint16_t flags = get16(page + 10) & (uint16_t)~PAGE_DIRTY;
	size_t lower = get16(page + 12), upper = get16(page + 14), taken = 0;
	struct span last = SPAN_NONE;

	if (flags != (is_branch ? PAGE_BRANCH : PAGE_LEAF) || lower < HEADER_BYTES || lower % 2 ||
	    lower > upper || upper > walk->page_bytes)
		return damaged(walk, get64(page), "has a wrong head");
	memset(walk->covered, 0, walk->page_bytes);
	for (size_t i = 0; i < (lower - HEADER_BYTES) / 2; i++) {
		size_t at = get16(page + HEADER_BYTES + 2 * i);
		struct node node;

		if (at < upper || !read_node(walk, page, at, is_branch, &node) ||
		    !covers(walk, at, &node))
			return damaged(walk, get64(page), "has a node out of place");
		if (!(is_branch && i == 0)) {
			if (!is_in_order(counts, bounds, last, node.key))
				return damaged(walk, get64(page), "has its keys out of order");
			last = node.key;
		}
		taken += node.bytes;
	}
	if (taken != walk->page_bytes - upper)
		return damaged(walk, get64(page), "has gaps between its nodes");
	*count = (lower - HEADER_BYTES) / 2;
	return 0;
}

static void
get_node(const struct walk *walk, const char *page, size_t index, bool is_branch,
    struct node *node)
{
	read_node(walk, page, get16(page + HEADER_BYTES + 2 * index), is_branch, node);
}

/* ---- trees */

static int
check_overflow(struct walk *walk, struct counts *counts, const struct node *node)
{
	uint64_t first = get64(node->data);
	char head[HEADER_BYTES];
	uint32_t count;

	if (take(walk, first) || read_bytes(walk, first, head, sizeof(head)))
		return -1;
	count = get32(head + 12);
	if (get64(head) != first ||
	    (get16(head + 10) & (uint16_t)~PAGE_DIRTY) != PAGE_OVERFLOW ||
	    count != (HEADER_BYTES - 1 + node->data_bytes) / walk->page_bytes + 1)
		return damaged(walk, first, "does not hold the long record that it should");
	for (uint32_t i = 1; i < count; i++) {
		if (take(walk, first + i))
			return -1;
	}
	counts->overflows += count;
	return 0;
}

static int
walk_leaf(struct walk *walk, struct counts *counts, const char *page, size_t count)
{
	counts->leaves++;
	counts->entries += count;
	for (size_t i = 0; i < count; i++) {
		struct node node;

		get_node(walk, page, i, false, &node);
		if (node.flags & NODE_BIG && check_overflow(walk, counts, &node))
			return -1;
		if (counts->visit(walk, &node, counts))
			return -1;
	}
	return 0;
}

static int
walk_page(struct walk *walk, struct counts *counts, uint64_t number, unsigned level,
    const struct bounds *bounds)
{
	bool is_branch = level + 1 < counts->db->depth;
	const char *page = NULL;
	size_t count = 0;

	if (read_page(walk, number, level, &page) ||
	    check_page(walk, counts, bounds, page, is_branch, &count))
		return -1;
	if (count == 0 || (is_branch && count < 2))
		return damaged(walk, number, "is empty");
	if (!is_branch)
		return walk_leaf(walk, counts, page, count);
	counts->branches++;
	for (size_t i = 0; i < count; i++) {
		struct bounds within = *bounds;
		struct node node, next;

		get_node(walk, page, i, true, &node);
		if (i > 0)
			within.low = node.key;
		if (i + 1 < count) {
			get_node(walk, page, i + 1, true, &next);
			within.high = next.key;
		}
		if (walk_page(walk, counts, node.child, level + 1, &within))
			return -1;
	}
	return 0;
}

static int
walk_db(struct walk *walk, struct counts *counts)
{
	const struct db *db = counts->db;
	struct bounds all = { SPAN_NONE, SPAN_NONE };

	if (db->root == NO_PAGE ? db->depth != 0 : db->depth == 0 || db->depth > LEVELS_MOST)
		return err_set(walk->err, ERR_IO, "%s is damaged: %s has a wrong depth",
		    walk->folder, counts->name);
	if (db->root != NO_PAGE && walk_page(walk, counts, db->root, 0, &all))
		return -1;
	if (counts->branches != db->branches || counts->leaves != db->leaves ||
	    counts->overflows != db->overflows || counts->entries != db->entries)
		return err_set(walk->err, ERR_IO, "%s is damaged: %s is not as large as it says",
		    walk->folder, counts->name);
	return 0;
}

/* ---- what is in them */

static int
pass_over(struct walk *walk, const struct node *node, const struct counts *counts)
{
	if (node->flags & ~NODE_BIG)
		return damaged(walk, counts->db->root, "has below it a record of another kind");
	return 0;
}

/* A list of page numbers, its length first. Its pages were read with the leaf; a long one is read
 * again, for it lies in overflow pages. */
static int
free_pages(struct walk *walk, const struct node *node, const struct counts *counts)
{
	char *list = calloc(1, node->data_bytes + 1);
	uint64_t count;
	int rc = 0;

	if (!list)
		return err_memory(walk->err);
	rc = pass_over(walk, node, counts);
	if (rc == 0 && node->flags & NODE_BIG) {
		uint64_t first = get64(node->data);
		char *bytes = calloc(1, HEADER_BYTES + node->data_bytes);

		rc = bytes ? read_bytes(walk, first, bytes, HEADER_BYTES + node->data_bytes)
			   : err_memory(walk->err);
		if (rc == 0)
			memcpy(list, bytes + HEADER_BYTES, node->data_bytes);
		free(bytes);
	} else if (rc == 0) {
		memcpy(list, node->data, node->data_bytes);
	}
	count = node->data_bytes >= sizeof(count) && rc == 0 ? get64(list) : 0;
	if (rc == 0 && (node->key.len != sizeof(uint64_t) ||
			   count >= node->data_bytes / sizeof(count)))
		rc = damaged(walk, counts->db->root, "has a list of free pages that is cut off");
	for (uint64_t i = 1; i <= count && rc == 0; i++) {
		/* LMDB looks for runs of neighbours: the list must fall. */
		if (i > 1 && get64(list + 8 * i) >= get64(list + 8 * (i - 1)))
			rc = damaged(walk, counts->db->root, "has its free pages out of order");
		else
			rc = take(walk, get64(list + 8 * i));
	}
	free(list);
	return rc;
}

/* The main database: the records of the named ones. Its own pages are needed meanwhile, so the named
 * ones are walked in levels behind it. */
static int
named_database(struct walk *walk, const struct node *node, const struct counts *counts)
{
	struct walk below = *walk;
	struct db db;
	struct counts inner = { .db = &db, .name = "a database", .visit = pass_over };

	if (node->flags != NODE_DB || node->data_bytes != DB_BYTES)
		return damaged(walk, counts->db->root, "has no record of a database");
	db = read_db(node->data);
	if (db.flags)
		return damaged(walk, counts->db->root, "has a record of another kind of database");
	below.pages = walk->pages + (size_t)LEVELS_MOST * walk->page_bytes;
	return walk_db(&below, &inner);
}

/* ---- meta pages */

/* Where the meta page of the snapshot begins; NULL: it is there no more. */
static const char *
find_meta(const char *pages, uint32_t page_bytes, uint64_t txn_id)
{
	for (unsigned i = 0; i < META_PAGES; i++) {
		const char *meta = pages + i * (size_t)page_bytes + HEADER_BYTES;

		if (get64(meta + META_BYTES - 8) == txn_id)
			return meta;
	}
	return NULL;
}

static int
walk_all(struct walk *walk, const struct db *free_db, const struct db *main_db)
{
	struct counts frees = { .db = free_db, .name = "the list of free pages",
		.visit = free_pages };
	struct counts all = { .db = main_db, .name = "the list of databases",
		.visit = named_database };

	if (free_db->flags != DB_INTEGER_KEYS || main_db->flags)
		return damaged(walk, 0, "is no meta page of ours");
	return walk_db(walk, &all) || walk_db(walk, &frees) ? -1 : 0;
}

static int
check_snapshot(struct walk *walk, const char *metas, uint64_t txn_id)
{
	const char *meta = find_meta(metas, walk->page_bytes, txn_id);
	struct db free_db, main_db;
	int rc;

	if (!meta)
		return 0;
	free_db = read_db(meta + 24);
	main_db = read_db(meta + 24 + DB_BYTES);
	walk->page_count = get64(meta + META_BYTES - 16) + 1;
	walk->taken = calloc(walk->page_count / 8 + 1, 1);
	walk->pages = calloc(2 * (size_t)LEVELS_MOST, walk->page_bytes);
	walk->covered = calloc(1, walk->page_bytes);
	if (walk->taken && walk->pages && walk->covered)
		rc = walk_all(walk, &free_db, &main_db);
	else
		rc = err_memory(walk->err);
	free(walk->taken);
	free(walk->pages);
	free(walk->covered);
	return rc;
}

/* The format depends on the machine, and a store is not carried between kinds of them. */
static bool
is_known_machine(void)
{
	const uint16_t one = 1;
	char first;

	memcpy(&first, &one, 1);
	return sizeof(void *) == 8 && sizeof(size_t) == 8 && first == 1;
}

int
pages_check(int fd, uint64_t txn_id, const char *folder, struct err *err)
{
	struct walk walk = { .fd = fd, .folder = folder, .err = err, .page_bytes = 0 };
	char head[HEADER_BYTES + META_BYTES] = { 0 };
	char *metas;
	int rc;

	if (!is_known_machine())
		return 0;
	walk.page_bytes = 1; /* offsets in bytes until the size of a page is known */
	if (read_bytes(&walk, 0, head, sizeof(head)))
		return -1;
	walk.page_bytes = get32(head + HEADER_BYTES + 24);
	if (walk.page_bytes < PAGE_BYTES_LEAST || walk.page_bytes > PAGE_BYTES_MOST ||
	    walk.page_bytes & (walk.page_bytes - 1))
		return damaged(&walk, 0, "names a size of pages that cannot be");
	metas = calloc(META_PAGES, walk.page_bytes);
	if (!metas)
		return err_memory(err);
	rc = read_bytes(&walk, 0, metas, META_PAGES * (size_t)walk.page_bytes);
	if (rc == 0)
		rc = check_snapshot(&walk, metas, txn_id);
	free(metas);
	return rc;
}
