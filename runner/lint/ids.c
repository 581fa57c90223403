#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/lint/ids.h"

/* What grows by half and ends in few steps. */
enum { FIRST_ROOM = 64 << 10 };

/* Fewer are sorted by insertion: a table of 256 counts is more work. */
enum { FEW = 48 };

void
ids_done(struct ids *ids)
{
	free(ids->hashes);
	*ids = (struct ids){ .hashes = NULL };
}

static int
grow(struct ids *ids, size_t most, struct err *err)
{
	size_t room = ids->room ? ids->room + ids->room / 2 : FIRST_ROOM;
	uint64_t *hashes;

	if (room > most)
		room = most;
	hashes = realloc(ids->hashes, room * sizeof(*hashes));
	if (!hashes)
		return err_memory(err);
	ids->hashes = hashes;
	ids->room = room;
	return 0;
}

int
ids_add(struct ids *ids, uint64_t hash, struct err *err)
{
	size_t most = ids->most ? ids->most : IDS_MOST;

	if (ids->count == most) {
		ids->left_off++;
		return 0;
	}
	if (ids->count == ids->room && grow(ids, most, err))
		return -1;
	ids->hashes[ids->count++] = hash;
	return 0;
}

static void
sort_few(uint64_t *hashes, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t hash = hashes[i];
		size_t at = i;

		for (; at > 0 && hashes[at - 1] > hash; at--)
			hashes[at] = hashes[at - 1];
		hashes[at] = hash;
	}
}

/* Each to the part of its byte, in place: what stands where another belongs is taken along. */
static void
part(uint64_t *hashes, const size_t ends[256], size_t begins[256], unsigned shift)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		while (begins[byte] < ends[byte]) {
			uint64_t hash = hashes[begins[byte]];
			unsigned belongs = hash >> shift & 255;

			if (belongs == byte) {
				begins[byte]++;
				continue;
			}
			hashes[begins[byte]] = hashes[begins[belongs]];
			hashes[begins[belongs]++] = hash;
		}
	}
}

/* By its bytes, the highest first; no memory but the tables of eight depths at most. */
static void
sort_by_byte(uint64_t *hashes, size_t count, unsigned shift)
{
	size_t begins[256], ends[256];
	size_t at = 0;

	if (count <= FEW) {
		sort_few(hashes, count);
		return;
	}
	memset(ends, 0, sizeof(ends));
	for (size_t i = 0; i < count; i++)
		ends[hashes[i] >> shift & 255]++;
	for (unsigned byte = 0; byte < 256; byte++) {
		begins[byte] = at;
		at += ends[byte];
		ends[byte] = at;
	}
	part(hashes, ends, begins, shift);
	for (unsigned byte = 0; byte < 256 && shift > 0; byte++) {
		size_t from = byte ? ends[byte - 1] : 0;

		sort_by_byte(hashes + from, ends[byte] - from, shift - 8);
	}
}

void
ids_settle(struct ids *ids)
{
	ids->twice = 0;
	sort_by_byte(ids->hashes, ids->count, 56);
	for (size_t i = 1; i < ids->count; i++) {
		bool is_known = ids->twice && ids->hashes[ids->twice - 1] == ids->hashes[i];

		if (ids->hashes[i] == ids->hashes[i - 1] && !is_known)
			ids->hashes[ids->twice++] = ids->hashes[i];
	}
	ids->count = ids->twice;
}

bool
ids_is_twice(const struct ids *ids, uint64_t hash)
{
	size_t low = 0, high = ids->twice;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ids->hashes[middle] == hash)
			return true;
		if (ids->hashes[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
