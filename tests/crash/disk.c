#include "platform.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/crash/disk.h"

enum { NAME_BYTES = 64, NODES_MOST = 4096, NAMES_MOST = 128, CHANGES_MOST = 256 };

struct bytes {
	char *at;
	size_t len;
	size_t room;
};

/* A write, or where `data` is NULL a new size. */
struct change {
	uint64_t offset;
	const char *data;
	size_t bytes;
};

struct names {
	struct {
		char name[NAME_BYTES];
		int node;
	} at[NAMES_MOST];
	size_t count;
};

/* In a folder: NODE under `name`, no longer under `old`; -1: `old` only goes. */
struct rename {
	char name[NAME_BYTES];
	char old[NAME_BYTES];
	int node;
};

struct node {
	bool is_folder;
	struct bytes live, safe;
	struct change *changes;
	size_t change_count;
	struct names *live_names, *safe_names;
	struct rename *renames;
	size_t rename_count;
};

struct disk {
	char root[SHIM_PATH];
	struct node nodes[NODES_MOST];
	int count;
};

/* ---- bytes */

static void
resize(struct bytes *bytes, size_t len)
{
	if (len > bytes->room) {
		bytes->room = 2 * len;
		bytes->at = realloc(bytes->at, bytes->room);
		if (!bytes->at)
			abort();
	}
	if (len > bytes->len)
		memset(bytes->at + bytes->len, 0, len - bytes->len);
	bytes->len = len;
}

static void
put(struct bytes *bytes, uint64_t offset, const char *data, size_t len)
{
	if (offset + len > bytes->len)
		resize(bytes, offset + len);
	memcpy(bytes->at + offset, data, len);
}

static void
apply(struct bytes *bytes, const struct change *change)
{
	if (change->data)
		put(bytes, change->offset, change->data, change->bytes);
	else
		resize(bytes, change->offset);
}

/* ---- names */

static int
find(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->at[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static void
take_away(struct names *names, const char *name)
{
	int i = find(names, name);

	if (i >= 0)
		names->at[i] = names->at[--names->count];
}

static void
rename_in(struct names *names, const struct rename *rename)
{
	if (rename->old[0])
		take_away(names, rename->old);
	if (rename->node < 0)
		return;
	take_away(names, rename->name);
	assert(names->count < NAMES_MOST);
	snprintf(names->at[names->count].name, NAME_BYTES, "%s", rename->name);
	names->at[names->count++].node = rename->node;
}

/* ---- nodes */

static int
new_node(struct disk *disk, bool is_folder)
{
	struct node *node = &disk->nodes[disk->count];

	assert(disk->count < NODES_MOST);
	node->is_folder = is_folder;
	if (is_folder) {
		node->live_names = calloc(1, sizeof(*node->live_names));
		node->safe_names = calloc(1, sizeof(*node->safe_names));
		node->renames = calloc(CHANGES_MOST, sizeof(*node->renames));
	}
	return disk->count++;
}

struct disk *
disk_new(const char *root)
{
	struct disk *disk = calloc(1, sizeof(*disk));

	if (!disk)
		abort();
	snprintf(disk->root, sizeof(disk->root), "%s", root);
	new_node(disk, true);
	return disk;
}

void
disk_free(struct disk *disk)
{
	for (int i = 0; i < disk->count; i++) {
		struct node *node = &disk->nodes[i];

		free(node->live.at);
		free(node->safe.at);
		free(node->changes);
		free(node->live_names);
		free(node->safe_names);
		free(node->renames);
	}
	free(disk);
}

/* The folder that PATH is in, and its name there ("": PATH is the root). -1: not on this disk. */
static int
folder_of(const struct disk *disk, const char *path, char name[NAME_BYTES])
{
	const char *rest = path + strlen(disk->root);
	int folder = 0;

	name[0] = '\0';
	while (*rest == '/') {
		size_t len = strcspn(++rest, "/");
		int next;

		if (len >= NAME_BYTES)
			return -1;
		if (name[0]) {
			next = find(disk->nodes[folder].live_names, name);
			if (next < 0)
				return -1;
			folder = disk->nodes[folder].live_names->at[next].node;
		}
		memcpy(name, rest, len);
		name[len] = '\0';
		rest += len;
	}
	return folder;
}

static int
node_of(const struct disk *disk, const char *path)
{
	char name[NAME_BYTES];
	int folder = folder_of(disk, path, name);
	int i = folder < 0 || !name[0] ? -1 : find(disk->nodes[folder].live_names, name);

	if (folder >= 0 && !name[0])
		return folder;
	return i < 0 ? -1 : disk->nodes[folder].live_names->at[i].node;
}

/* ---- what happens */

static void
change_file(struct node *node, const struct change *change)
{
	if ((node->change_count & (node->change_count + 1)) == 0) {
		node->changes = realloc(node->changes,
		    2 * (node->change_count + 1) * sizeof(*node->changes));
		if (!node->changes)
			abort();
	}
	node->changes[node->change_count++] = *change;
	apply(&node->live, change);
}

static void
change_folder(struct disk *disk, const char *path, const char *old, int node)
{
	struct rename rename = { .node = node };
	char old_name[NAME_BYTES] = "";
	int folder = folder_of(disk, path, rename.name);
	struct node *parent = &disk->nodes[folder];

	assert(folder >= 0 && parent->rename_count < CHANGES_MOST);
	if (old && folder_of(disk, old, old_name) != folder)
		abort(); /* from one folder to another: not modelled, and not done */
	memcpy(rename.old, old_name, sizeof(old_name));
	rename_in(parent->live_names, &rename);
	parent->renames[parent->rename_count++] = rename;
}

void
disk_begin(struct disk *disk, const struct disk_note *note)
{
	int node = node_of(disk, note->path);
	struct change change = { note->offset, note->data, note->bytes };

	switch (note->type) {
	case SHIM_NOTE_OPEN:
		if (node < 0)
			change_folder(disk, note->path, NULL, new_node(disk, false));
		else if (note->offset && disk->nodes[node].live.len)
			change_file(&disk->nodes[node], &(struct change){ 0 });
		break;
	case SHIM_NOTE_WRITE:
		if (node >= 0)
			change_file(&disk->nodes[node], &change);
		break;
	case SHIM_NOTE_SIZE:
		change.data = NULL;
		if (node >= 0 && disk->nodes[node].live.len != note->offset)
			change_file(&disk->nodes[node], &change);
		break;
	case SHIM_NOTE_RENAME:
		if (node >= 0)
			change_folder(disk, note->second, note->path, node);
		break;
	case SHIM_NOTE_UNLINK:
	case SHIM_NOTE_RMDIR:
		if (node >= 0)
			change_folder(disk, note->path, note->path, -1);
		break;
	case SHIM_NOTE_MKDIR:
		change_folder(disk, note->path, NULL, new_node(disk, true));
		break;
	case SHIM_NOTE_SYNC:
		break;
	}
}

static void
sync_node(struct node *node)
{
	for (size_t i = 0; i < node->change_count; i++)
		apply(&node->safe, &node->changes[i]);
	for (size_t i = 0; i < node->rename_count; i++)
		rename_in(node->safe_names, &node->renames[i]);
	node->change_count = 0;
	node->rename_count = 0;
}

void
disk_return(struct disk *disk, const struct disk_note *note)
{
	int node = node_of(disk, note->path);

	if (node < 0)
		return;
	if (note->type == SHIM_NOTE_SYNC) {
		sync_node(&disk->nodes[node]);
	} else if (note->type == SHIM_NOTE_WRITE && note->is_synced) {
		struct node *file = &disk->nodes[node];

		apply(&file->safe, &file->changes[--file->change_count]);
	}
}

bool
disk_has_pending(const struct disk *disk)
{
	for (int i = 0; i < disk->count; i++) {
		if (disk->nodes[i].change_count || disk->nodes[i].rename_count)
			return true;
	}
	return false;
}

/* ---- the cut */

/* Chance for one cut: how much is kept, and in what pieces. */
struct dice {
	enum disk_luck luck;
	uint64_t state;
	unsigned kept_of_16;
	size_t sector;
};

static uint64_t
roll(struct dice *dice)
{
	uint64_t x = dice->state += 0x9E3779B97F4A7C15;

	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
	return x ^ (x >> 31);
}

static bool
is_kept(struct dice *dice)
{
	if (dice->luck != DISK_CHANCE)
		return dice->luck == DISK_EVERYTHING;
	return roll(dice) % 16 < dice->kept_of_16;
}

/* Of 0 ... most. */
static size_t
how_many(struct dice *dice, size_t most)
{
	if (dice->luck != DISK_CHANCE)
		return dice->luck == DISK_EVERYTHING ? most : 0;
	return (size_t)(roll(dice) % (most + 1));
}

static void
keep_sectors(struct bytes *to, const struct change *change, struct dice *dice)
{
	uint64_t end = change->offset + change->bytes;

	for (uint64_t at = change->offset; at < end;) {
		uint64_t next = (at / dice->sector + 1) * dice->sector;

		if (next > end)
			next = end;
		if (is_kept(dice))
			put(to, at, change->data + (at - change->offset), (size_t)(next - at));
		at = next;
	}
}

/* The size is one that the file had: after some of the changes. */
static void
content_of(const struct node *node, struct dice *dice, struct bytes *to)
{
	size_t sized_by = how_many(dice, node->change_count);
	size_t len = node->safe.len;

	resize(to, 0);
	put(to, 0, node->safe.at ? node->safe.at : "", node->safe.len);
	for (size_t i = 0; i < node->change_count; i++) {
		const struct change *change = &node->changes[i];
		uint64_t end = change->offset + change->bytes;

		if (change->data)
			keep_sectors(to, change, dice);
		else if (is_kept(dice))
			resize(to, change->offset);
		if (i < sized_by)
			len = change->data && end < len ? len : (size_t)end;
	}
	resize(to, len);
}

static bool
is_final(const char *name)
{
	static const char *const in_place[] = { "data.mdb", "lock.mdb", "lock", "ids", "mark" };

	for (size_t i = 0; i < sizeof(in_place) / sizeof(in_place[0]); i++) {
		if (strcmp(name, in_place[i]) == 0)
			return false;
	}
	return name[0] != '.';
}

static void
write_file(const char *path, const struct bytes *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, content->at, content->len) != (ssize_t)content->len) {
		perror(path);
		exit(99);
	}
	close(fd);
}

/* The load was begun at other inodes; the number is another one, of as many digits or not. `before`
 * stands in front of it, `path` has the inode that it is to be. */
static void
move_birth(struct bytes *content, const char *before, const char *path)
{
	struct stat st;
	char number[24];
	char *at, *end;
	size_t old, new;

	resize(content, content->len + 1);
	resize(content, content->len - 1);
	content->at[content->len] = '\0';
	at = strstr(content->at, before);
	if (!at || stat(path, &st))
		return;
	at += strlen(before);
	end = at + strspn(at, "0123456789");
	snprintf(number, sizeof(number), "%lu", (unsigned long)st.st_ino);
	old = (size_t)(end - at);
	new = strlen(number);
	if (new > old) {
		size_t from = (size_t)(at - content->at);

		resize(content, content->len + new - old);
		at = content->at + from;
		end = at + old;
	}
	memmove(at + new, end, content->len - (size_t)(at - content->at) - (new > old ? new : old));
	memcpy(at, number, new);
	if (new < old)
		content->len -= old - new;
}

static void
rebuild(const struct disk *disk, int folder, struct dice *dice, const char *path, char torn[64])
{
	const struct node *node = &disk->nodes[folder];
	struct names names = *node->safe_names;
	size_t changes = how_many(dice, node->rename_count);
	struct bytes content = { NULL, 0, 0 }, birth_content = { NULL, 0, 0 };
	char birth[2 * SHIM_PATH] = "";

	for (size_t i = 0; i < changes; i++)
		rename_in(&names, &node->renames[i]);
	for (size_t i = 0; i < names.count; i++) {
		const struct node *entry = &disk->nodes[names.at[i].node];
		const char *name = names.at[i].name;
		char inner[2 * SHIM_PATH];

		snprintf(inner, sizeof(inner), "%s/%s", path, name);
		if (entry->is_folder) {
			mkdir(inner, 0700);
			rebuild(disk, names.at[i].node, dice, inner, torn);
			continue;
		}
		content_of(entry, dice, &content);
		if (is_final(name) && (content.len != entry->live.len ||
					  (content.len && memcmp(content.at, entry->live.at,
							      content.len) != 0)))
			snprintf(torn, 64, "%.63s", name);
		write_file(inner, &content);
		if (strcmp(name, "birth.json") == 0) {
			snprintf(birth, sizeof(birth), "%s", inner);
			birth_content = content;
			content = (struct bytes){ NULL, 0, 0 };
		}
	}
	if (birth[0]) { /* once the mark that it names has its place */
		char mark[2 * SHIM_PATH];

		snprintf(mark, sizeof(mark), "%s/mark", path);
		move_birth(&birth_content, "\"folder_inode\":", path);
		move_birth(&birth_content, "\"mark_inode\":", mark);
		write_file(birth, &birth_content);
	}
	free(birth_content.at);
	free(content.at);
}

void
disk_rebuild(const struct disk *disk, const struct disk_cut *cut, const char *folder,
    char torn[64])
{
	static const unsigned kept[] = { 1, 4, 8, 12, 15 };
	struct dice dice = { .luck = cut->luck, .state = cut->seed, .sector = 512 };

	dice.kept_of_16 = kept[roll(&dice) % (sizeof(kept) / sizeof(kept[0]))];
	if (roll(&dice) % 2)
		dice.sector = 4096;
	torn[0] = '\0';
	rebuild(disk, 0, &dice, folder, torn);
}
