#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/base/scoped.h"
#include "sandbox/model.h"

/* Every test has a nation of its own, and a clock that stands unless it is moved. */
struct scene {
	struct model *model;
	int64_t now_ms;
	struct buf text; /* what was asked for last */
};

static const struct model_options at_once = { .seed = 7 };

static void
begin(struct scene *scene, const struct model_options *options)
{
	*scene = (struct scene){ .model = model_new(options, NULL), .now_ms = 1000000 };
	assert_non_null(scene->model);
}

static void
end(struct scene *scene)
{
	model_free(scene->model);
	buf_done(&scene->text);
}

static uint64_t
submit(struct scene *scene, enum model_type type, bool is_overwritable, const char *csv)
{
	struct model_upload upload = { type, is_overwritable, BUF_INIT };
	uint64_t id;

	buf_add_text(&upload.csv, csv);
	assert_int_equal(model_submit(scene->model, scene->now_ms, &upload, &id, NULL), 0);
	assert_null(upload.csv.ptr);
	return id;
}

static const struct model_import *
load(struct scene *scene, enum model_type type, bool is_overwritable, const char *csv)
{
	uint64_t id = submit(scene, type, is_overwritable, csv);

	assert_int_equal(model_advance(scene->model, scene->now_ms, NULL), 0);
	return model_find(scene->model, id);
}

static const struct model_import *
load_people(struct scene *scene, const char *csv)
{
	return load(scene, MODEL_PEOPLE, false, csv);
}

static void
assert_counts(const struct model_import *import, uint64_t created, uint64_t updated,
	      uint64_t failed)
{
	assert_int_equal(import->word, MODEL_FINISHED);
	assert_int_equal(import->counts.created, created);
	assert_int_equal(import->counts.updated, updated);
	assert_int_equal(import->counts.failed, failed);
	assert_int_equal(import->processed, import->total);
	assert_int_equal(import->total, created + updated + failed);
}

static const char *
failures_as(struct scene *scene, const struct model_import *import,
	    const struct model_failures *form)
{
	buf_clear(&scene->text);
	model_failure_csv(scene->model, import->id, form, &scene->text);
	return buf_text(&scene->text);
}

static const char *
failures(struct scene *scene, const struct model_import *import)
{
	static const struct model_failures usual = { NULL, false, false };

	return failures_as(scene, import, &usual);
}

/* The people table less its column of ids, which are seeded. */
static const char *
people(struct scene *scene)
{
	SCOPED(buf) csv = BUF_INIT;
	struct span rest;

	model_people_csv(scene->model, 0, UINT32_MAX, &csv);
	buf_clear(&scene->text);
	for (rest = buf_span(&csv); rest.len;) {
		struct span line = span_next(&rest, '\n');

		span_next(&line, ',');
		buf_add_span(&scene->text, line);
		buf_add_byte(&scene->text, '\n');
	}
	return buf_text(&scene->text);
}

/* ---- people */

static void
a_row_that_nobody_has_creates_a_profile(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "external_id,first_name\nA,Ann\nB,Bo\n"), 2, 0, 0);
	assert_string_equal(people(&scene), "external_id,first_name\nA,Ann\nB,Bo\n");
	end(&scene);
}

static void
a_row_is_matched_by_each_of_the_unique_ids(void **state)
{
	static const char *const headers[] = {
		"external_id,X", "email,X", "nbec_guid,X", "civicrm_id,X", "ngp_id,X", "van_id,X",
		"salesforce_id,X", "meetup_id,X", "twitter_id,X", "twitter_login,X",
		"facebook_uid,X", "facebook_username,X", "datatrust_id,X", "dw_id,X",
		"pf_strat_id,X", "rnc_id,X", "rnc_regid,X",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(headers); i++) {
		SCOPED(buf) csv = BUF_INIT;
		struct scene scene;

		begin(&scene, &at_once);
		buf_printf(&csv, "%s\na@1,\na@2,\na@1,\n", headers[i]);
		assert_counts(load_people(&scene, buf_text(&csv)), 2, 1, 0);
		end(&scene);
	}
}

static void
state_file_ids_match_within_their_state(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "state_file_id,registered_address.state\n"
					  "1,NC\n1,VA\n1,nc\n01,NC\n"),
		      3, 1, 0);
	end(&scene);
}

static void
a_state_of_more_than_two_letters_creates_duplicates(void **state)
{
	static const char csv[] = "state_file_id,registered_address.state\n1,North Carolina\n";
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, csv), 1, 0, 0);
	assert_counts(load_people(&scene, csv), 1, 0, 0);
	assert_counts(load_people(&scene, "state_file_id,registered_address.state\n1,\n"), 1, 0, 0);
	assert_counts(load_people(&scene, "state_file_id\n1\n"), 1, 0, 0);
	end(&scene);
}

static void
county_file_ids_match_within_their_county_spelt_the_same(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "county_file_id,registered_address.state,"
					  "registered_address.county\n"
					  "1,NC,Wake\n1,NC,WAKE\n1,NC,Wake\n1,NC,\n1,NC,\n"),
		      4, 1, 0);
	end(&scene);
}

static void
emails_match_without_regard_to_case(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "email\nAnn@example.org\nann@EXAMPLE.org\n"), 1, 1, 0);
	end(&scene);
}

static void
the_nations_own_id_must_exist(void **state)
{
	struct scene scene;
	SCOPED(buf) csv = BUF_INIT;
	const struct model_import *import;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "first_name\nAnn\n");
	model_people_csv(scene.model, 0, 1, &csv);
	memcpy(strstr(csv.ptr, "Ann"), "Eve", 3);
	assert_counts(load(&scene, MODEL_PEOPLE, true, buf_text(&csv)), 0, 1, 0);
	assert_string_equal(people(&scene), "first_name\nEve\n");
	import = load_people(&scene, "id,first_name\n999999999,Joe\nx,Joe\n");
	assert_counts(import, 0, 0, 2);
	assert_string_equal(failures(&scene, import),
			    "id,first_name,reason\n"
			    "999999999,Joe,there is no profile with id 999999999\n"
			    "x,Joe,there is no profile with id x\n");
	end(&scene);
}

static void
without_overwriting_only_blank_fields_are_filled(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,first_name,last_name\nA,Ann,\n");
	load_people(&scene, "external_id,first_name,last_name\nA,Eve,Lee\n");
	assert_string_equal(people(&scene), "external_id,first_name,last_name\nA,Ann,Lee\n");
	end(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_that_nobody_has_creates_a_profile),
		cmocka_unit_test(a_row_is_matched_by_each_of_the_unique_ids),
		cmocka_unit_test(state_file_ids_match_within_their_state),
		cmocka_unit_test(a_state_of_more_than_two_letters_creates_duplicates),
		cmocka_unit_test(county_file_ids_match_within_their_county_spelt_the_same),
		cmocka_unit_test(emails_match_without_regard_to_case),
		cmocka_unit_test(the_nations_own_id_must_exist),
		cmocka_unit_test(without_overwriting_only_blank_fields_are_filled),
	};

	return cmocka_run_group_tests_name("sandbox/model", tests, NULL, NULL);
}
