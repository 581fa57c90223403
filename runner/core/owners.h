/* owners.h - whose is an import id (law 9)? A hash table over arrays that are handed in: of the slots
 * that own an id, those of one bucket are chained through the slots.
 *
 * A load of a million chunks asks at every accepted POST and for every line of the nation's list. */
#ifndef RUNNER_CORE_OWNERS_H
#define RUNNER_CORE_OWNERS_H

#include <stdint.h>

#define OWNERS_NONE UINT32_MAX

struct slot;

struct owners {
	uint32_t *buckets;
	uint32_t bucket_count;
};

/* Buckets that serve so many slots well: a power of two, at least 1. */
uint32_t owners_buckets_for(uint32_t slot_count);

/* Nobody owns anything yet. */
void owners_init(struct owners *owners, uint32_t *buckets, uint32_t bucket_count);

/* The slot owns slot.import_id, which is not 0, from now on; until then. */
void owners_put(struct owners *owners, struct slot *slots, uint32_t index);
void owners_take(struct owners *owners, struct slot *slots, uint32_t index);

/* The slot's index, OWNERS_NONE if nobody owns the id; 0 is no id. */
uint32_t owners_find(const struct owners *owners, const struct slot *slots, uint64_t import_id);

#endif
