#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/lint/matches.h"
#include "runner/source/digest.h"

/* What an id is hashed with: its field's name, state, county and itself. */
enum { ID_BYTES = 512 };

static const struct matches_kind id_kinds[] = {
	{ "id", false, false, { NULL } },
	{ "state_file_id", true, false, { NULL } },
	{ "county_file_id", true, true, { NULL } },
	{ "external_id", false, false, { NULL } },
	{ "email", false, false, { NULL } },
	{ "nbec_guid", false, false, { NULL } },
	{ "van_id", false, false, { NULL } },
	{ "ngp_id", false, false, { NULL } },
	{ "civicrm_id", false, false, { NULL } },
	{ "salesforce_id", false, false, { NULL } },
	{ "datatrust_id", false, false, { NULL } },
	{ "dw_id", false, false, { NULL } },
	{ "pf_strat_id", false, false, { NULL } },
	{ "rnc_id", false, false, { NULL } },
	{ "rnc_regid", false, false, { NULL } },
};

int
matches_init(struct matches *ids, size_t most, struct err *err)
{
	*ids = (struct matches){ .hashes.most = most, .state = -1, .county = -1 };
	ids->kinds = malloc(sizeof(id_kinds));
	ids->values = calloc(ARRAY_COUNT(id_kinds), sizeof(*ids->values));
	if (!ids->kinds || !ids->values)
		return err_memory(err);
	memcpy(ids->kinds, id_kinds, sizeof(id_kinds));
	return 0;
}

void
matches_done(struct matches *ids)
{
	for (size_t i = 0; ids->kinds && i < ARRAY_COUNT(id_kinds); i++)
		twins_done(&ids->kinds[i].twins);
	hashes_done(&ids->hashes);
	free(ids->kinds);
	free(ids->values);
	*ids = (struct matches){ .kinds = NULL };
}

static int
index_of(const struct span *names, size_t count, const char *field)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(names[i], field))
			return (int)i;
	}
	return -1;
}

void
matches_begin(struct matches *ids, const struct span *names, size_t count)
{
	ids->state = index_of(names, count, "registered_address.state");
	ids->county = index_of(names, count, "registered_address.county");
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++)
		ids->values[i] = index_of(names, count, id_kinds[i].field);
}

int
matches_first(const struct matches *ids)
{
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++) {
		if (ids->values[i] >= 0)
			return ids->values[i];
	}
	return -1;
}

static void
add_part(char bytes[ID_BYTES], size_t *len, struct span part)
{
	size_t room = ID_BYTES - 1 - *len;
	size_t taken = part.len < room ? part.len : room;

	if (part.ptr)
		memcpy(bytes + *len, part.ptr, taken);
	bytes[*len + taken] = '\0';
	*len += taken + (taken < room);
}

static struct span
value_at(const struct span *values, int index)
{
	return index < 0 ? SPAN_NONE : span_trim(values[index]);
}

static uint64_t
hash_of(const struct matches *ids, const struct matches_kind *kind, struct span id,
    const struct span *values)
{
	char bytes[ID_BYTES];
	size_t len = 0;

	add_part(bytes, &len, span_of(kind->field));
	if (kind->has_state)
		add_part(bytes, &len, value_at(values, ids->state));
	if (kind->has_county)
		add_part(bytes, &len, value_at(values, ids->county));
	add_part(bytes, &len, id);
	return digest_quick(bytes, len);
}

static int
see_id(struct matches *ids, struct matches_kind *kind, const struct twin_place *place, struct span id,
    const struct span *values, struct err *err)
{
	uint64_t hash = hash_of(ids, kind, id, values);

	if (!ids->is_second)
		return hashes_add(&ids->hashes, hash, err);
	if (!hashes_are_twice(&ids->hashes, hash))
		return 0;
	return twins_add(&kind->twins, hash, id, *place, err);
}

int
matches_row(struct matches *ids, const struct twin_place *place, const struct span *values, bool *has_id,
    struct err *err)
{
	*has_id = false;
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++) {
		struct span id = value_at(values, ids->values[i]);

		if (id.len == 0)
			continue;
		*has_id = true;
		if (see_id(ids, &ids->kinds[i], place, id, values, err))
			return -1;
	}
	return 0;
}

bool
matches_settle(struct matches *ids)
{
	ids->left_off = ids->hashes.left_off;
	hashes_settle(&ids->hashes);
	ids->is_second = ids->hashes.twice > 0;
	return ids->is_second;
}

static int
tell_twins(struct matches *ids, struct matches_kind *kind, struct findings *findings, struct err *err)
{
	size_t count = twins_settle(&kind->twins);
	struct finding *finding;

	ids->left_off += kind->twins.left_off;
	if (count == 0)
		return 0;
	finding = findings_add(
	    findings, FINDINGS_DUPLICATE, kind->twins.slots[0].first.source, span_of(kind->field), err);
	if (!finding)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct twin *twin = &kind->twins.slots[i];
		struct finding_example *example = findings_example(finding, span_of(twin->text));

		finding->rows += twin->rows;
		if (!example)
			continue;
		example->input = twin->first.input;
		example->row = twin->first.row;
		example->line = twin->first.line;
		example->other = twin->second;
		example->rows = twin->rows;
	}
	return 0;
}

int
matches_tell(struct matches *ids, struct findings *findings, struct err *err)
{
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++) {
		if (tell_twins(ids, &ids->kinds[i], findings, err))
			return -1;
	}
	return 0;
}
