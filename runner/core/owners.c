#include "platform.h"

#include <assert.h>

#include "runner/core/load.h"
#include "runner/core/owners.h"

uint32_t
owners_buckets_for(uint32_t slot_count)
{
	uint32_t count = 1;

	while (count < slot_count && count < UINT32_C(1) << 31)
		count *= 2;
	return count;
}

void
owners_init(struct owners *owners, uint32_t *buckets, uint32_t bucket_count)
{
	*owners = (struct owners){ buckets, bucket_count };
	for (uint32_t i = 0; i < bucket_count; i++)
		buckets[i] = OWNERS_NONE;
}

/* Ids are given out one after the other: multiplied, so that any pattern in them spreads. */
static uint32_t *
bucket_of(const struct owners *owners, uint64_t import_id)
{
	uint64_t mixed = import_id * UINT64_C(0x9E3779B97F4A7C15);

	return &owners->buckets[(uint32_t)(mixed >> 32) & (owners->bucket_count - 1)];
}

void
owners_put(struct owners *owners, struct slot *slots, uint32_t index)
{
	uint32_t *bucket = bucket_of(owners, slots[index].import_id);

	slots[index].owner_next = *bucket;
	*bucket = index;
}

void
owners_take(struct owners *owners, struct slot *slots, uint32_t index)
{
	uint32_t *at = bucket_of(owners, slots[index].import_id);

	while (*at != index) {
		assert(*at != OWNERS_NONE);
		at = &slots[*at].owner_next;
	}
	*at = slots[index].owner_next;
}

uint32_t
owners_find(const struct owners *owners, const struct slot *slots, uint64_t import_id)
{
	uint32_t index;

	if (import_id == 0)
		return OWNERS_NONE;
	index = *bucket_of(owners, import_id);
	while (index != OWNERS_NONE && slots[index].import_id != import_id)
		index = slots[index].owner_next;
	return index;
}
