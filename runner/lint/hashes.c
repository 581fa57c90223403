#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/lint/hashes.h"

/* What grows by half and ends in few steps. */
enum { FIRST_ROOM = 64 << 10 };

/* Fewer are sorted by insertion: a table of 256 counts is more work. */
enum { FEW = 48 };

void
hashes_done(struct hashes *hashes)
{
	free(hashes->all);
	*hashes = (struct hashes){ .all = NULL };
}

static int
grow(struct hashes *hashes, size_t most, struct err *err)
{
	size_t room = hashes->room ? hashes->room + hashes->room / 2 : FIRST_ROOM;
	uint64_t *all;

	if (room > most)
		room = most;
	all = realloc(hashes->all, room * sizeof(*all));
	if (!all)
		return err_memory(err);
	hashes->all = all;
	hashes->room = room;
	return 0;
}

int
hashes_add(struct hashes *hashes, uint64_t hash, struct err *err)
{
	size_t most = hashes->most ? hashes->most : HASHES_MOST;

	if (hashes->count == most) {
		hashes->left_off++;
		return 0;
	}
	if (hashes->count == hashes->room && grow(hashes, most, err))
		return -1;
	hashes->all[hashes->count++] = hash;
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
hashes_settle(struct hashes *hashes)
{
	hashes->twice = 0;
	sort_by_byte(hashes->all, hashes->count, 56);
	for (size_t i = 1; i < hashes->count; i++) {
		bool is_known = hashes->twice && hashes->all[hashes->twice - 1] == hashes->all[i];

		if (hashes->all[i] == hashes->all[i - 1] && !is_known)
			hashes->all[hashes->twice++] = hashes->all[i];
	}
	hashes->count = hashes->twice;
}

bool
hashes_are_twice(const struct hashes *hashes, uint64_t hash)
{
	size_t low = 0, high = hashes->twice;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hashes->all[middle] == hash)
			return true;
		if (hashes->all[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
