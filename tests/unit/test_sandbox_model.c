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

static void
with_overwriting_the_newest_value_stays(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,first_name\nA,Ann\n");
	load(&scene, MODEL_PEOPLE, true, "external_id,first_name\nA,Eve\n");
	assert_string_equal(people(&scene), "external_id,first_name\nA,Eve\n");
	end(&scene);
}

static void
empty_and_blank_cells_never_clear(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,first_name,last_name\nA,Ann,Lee\n");
	assert_counts(load(&scene, MODEL_PEOPLE, true,
			   "external_id,first_name,last_name\nA,,\" \"\n"),
		      0, 1, 0);
	assert_string_equal(people(&scene), "external_id,first_name,last_name\nA,Ann,Lee\n");
	end(&scene);
}

static void
tags_are_added_and_addresses_replaced_whatever_is_overwritable_says(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,tag_list,address.city\nA,\"x, y\",Rome\n");
	load_people(&scene, "external_id,tag_list,address.city\nA,\"y,z\",Oslo\n");
	assert_string_equal(people(&scene),
			    "external_id,tag_list,address.city\nA,\"x, y, z\",Oslo\n");
	end(&scene);
}

static void
a_row_fails_if_one_of_its_ids_sits_on_another_profile(void **state)
{
	struct scene scene;
	const struct model_import *import;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,email\nA,a@x\nB,b@x\n");
	import = load_people(&scene, "external_id,email\nA,b@x\n");
	assert_counts(import, 0, 0, 1);
	assert_non_null(strstr(failures(&scene, import),
			       "A,b@x,email has already been taken by profile "));
	end(&scene);
}

static void
two_voters_with_one_email_stay_two(void **state)
{
	static const char csv[] = "state_file_id,registered_address.state,email\n1,NC,a@x\n2,NC,a@x\n";
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, csv), 1, 0, 1);
	end(&scene);
}

static void
a_new_email_for_a_known_voter_is_an_update(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "external_id,email\nA,a@x\n");
	assert_counts(load(&scene, MODEL_PEOPLE, true, "external_id,email\nA,b@x\n"), 0, 1, 0);
	assert_counts(load_people(&scene, "email\nb@x\na@x\n"), 1, 1, 0);
	end(&scene);
}

static void
a_move_to_a_state_where_the_number_is_taken_fails(void **state)
{
	struct scene scene;
	const struct model_import *import;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "state_file_id,registered_address.state,external_id\n"
			    "1,NC,A\n1,VA,B\n");
	import = load_people(&scene, "external_id,registered_address.state\nA,VA\n");
	assert_counts(import, 0, 0, 1);
	assert_non_null(strstr(failures(&scene, import), "state_file_id has already been taken"));
	end(&scene);
}

static void
values_that_cannot_stand_fail_with_their_reason(void **state)
{
	static const struct {
		const char *field, *value, *reason;
	} cases[] = {
		{ "email", "nobody", "email is invalid" },
		{ "born_at", "13/01/1970", "born_at is not a date (MM/DD/YYYY)" },
		{ "born_at", "02/29/1971", "born_at is not a date (MM/DD/YYYY)" },
		{ "registered_at", "1971", "registered_at is not a date (MM/DD/YYYY)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct model_import *import;
		SCOPED(buf) csv = BUF_INIT;
		SCOPED(buf) want = BUF_INIT;
		struct scene scene;

		begin(&scene, &at_once);
		buf_printf(&csv, "external_id,%s\nA,%s\n", cases[i].field, cases[i].value);
		buf_printf(&want, "external_id,%s,reason\nA,%s,%s\n", cases[i].field,
			   cases[i].value, cases[i].reason);
		import = load_people(&scene, buf_text(&csv));
		assert_counts(import, 0, 0, 1);
		assert_string_equal(failures(&scene, import), buf_text(&want));
		end(&scene);
	}
}

static void
both_forms_of_dates_and_a_leap_day_are_fine(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "born_at\n02/29/1972\n1972-02-29\n12/31/2000\n"), 3, 0, 0);
	end(&scene);
}

static void
text_of_255_bytes_fits_and_256_fail(void **state)
{
	struct scene scene;
	SCOPED(buf) csv = BUF_INIT;

	(void)state;
	begin(&scene, &at_once);
	buf_printf(&csv, "first_name,note\n%0255d,\n%0256d,\n,%0999d\n", 1, 1, 1);
	assert_counts(load_people(&scene, buf_text(&csv)), 2, 0, 1);
	end(&scene);
}

static void
rows_of_another_width_fail_and_the_others_stand(void **state)
{
	struct scene scene;
	const struct model_import *import;

	(void)state;
	begin(&scene, &at_once);
	import = load_people(&scene, "external_id,first_name\nA,Ann,x\nB\n\nC,Cy\n");
	assert_counts(import, 1, 0, 3);
	assert_string_equal(failures(&scene, import),
			    "external_id,first_name,reason\n"
			    "A,Ann,x,\"the row has 3 fields, the header 2\"\n"
			    "B,\"the row has 1 fields, the header 2\"\n"
			    ",\"the row has 1 fields, the header 2\"\n");
	end(&scene);
}

static void
unknown_names_are_ignored_and_custom_fields_kept(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "custom_fields.b,bogus,\xEF\xBB\xBF" "email,custom_fields.a\n1,2,c@x,4\n");
	assert_string_equal(people(&scene), "custom_fields.b,custom_fields.a\n1,4\n");
	end(&scene);
}

static void
failed_rows_come_back_as_they_came(void **state)
{
	static const struct model_failures first = { "why", true, false };
	static const struct model_failures raw = { NULL, false, true };
	struct scene scene;
	const struct model_import *import;

	(void)state;
	begin(&scene, &at_once);
	import = load_people(&scene, "email,first_name\r\nx,\"A \"\"B\"\"\nC\"\r\ny@y,Bo\r\n");
	assert_string_equal(failures(&scene, import),
			    "email,first_name,reason\nx,\"A \"\"B\"\"\nC\",email is invalid\n");
	assert_string_equal(failures_as(&scene, import, &first),
			    "why,email,first_name\nemail is invalid,x,\"A \"\"B\"\"\nC\"\n");
	assert_non_null(strstr(failures_as(&scene, import, &raw),
			       "C\",\"PG::Error: ERROR:  email is invalid\nDETAIL:"));
	end(&scene);
}

/* ---- ballots */

#define ELECTION ",ballots.vote_method,election.country_code,election.state,election.election_at\n"

static void
a_ballot_finds_its_voter_by_each_identity(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "state_file_id,county_file_id,registered_address.state,"
			    "registered_address.county,nbec_guid\n1,7,NC,Wake,G\n");
	assert_counts(load(&scene, MODEL_BALLOT, false,
			   "state_file.id,registered_address.state" ELECTION
			   "1,NC,voted,US,NC,11/05/2024\n2,NC,voted,US,NC,11/05/2024\n"),
		      1, 0, 1);
	assert_counts(load(&scene, MODEL_BALLOT, false,
			   "county_file.id,registered_address.state,registered_address.county"
			   ELECTION "7,NC,Wake,early,US,NC,11/08/2022\n"
			   "7,NC,Ash,early,US,NC,11/08/2022\n"),
		      1, 0, 1);
	assert_counts(load(&scene, MODEL_BALLOT, false,
			   "nbec_guid" ELECTION "G,voted,US,NC,11/03/2020\n"),
		      1, 0, 0);
	end(&scene);
}

static void
the_people_spelling_of_an_identity_is_none_for_ballots(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "state_file_id,registered_address.state\n1,NC\n");
	assert_counts(load(&scene, MODEL_BALLOT, false,
			   "state_file_id,registered_address.state" ELECTION
			   "1,NC,voted,US,NC,11/05/2024\n"),
		      0, 0, 1);
	end(&scene);
}

static void
a_second_ballot_for_a_voter_and_election_is_an_update(void **state)
{
	static const char csv[] = "state_file.id,registered_address.state" ELECTION
				  "1,NC,voted,US,NC,11/05/2024\n1,NC,early,US,NC,2024-11-05\n"
				  "1,NC,voted,US,NC,11/08/2022\n";
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	load_people(&scene, "state_file_id,registered_address.state\n1,NC\n");
	assert_counts(load(&scene, MODEL_BALLOT, false, csv), 2, 1, 0);
	assert_counts(load(&scene, MODEL_BALLOT, true, csv), 0, 3, 0);
	assert_int_equal(model_ballots_count(scene.model), 2);
	buf_clear(&scene.text);
	assert_int_equal(model_ballots_csv(scene.model, 1, 9, &scene.text), 1);
	assert_non_null(strstr(scene.text.ptr, ",US,NC,2022-11-08,,,voted,,\n"));
	end(&scene);
}

static void
a_ballot_that_lacks_something_fails_with_its_reason(void **state)
{
	static const struct {
		const char *row, *reason;
	} cases[] = {
		{ "1,NC,mail,US,NC,11/05/2024", "ballots.vote_method must be" },
		{ "1,NC,voted,,NC,11/05/2024", "election.country_code must be two letters" },
		{ "1,NC,voted,US,,11/05/2024", "election.state must be two letters" },
		{ "1,NC,voted,US,NC,", "election.election_at is not a date" },
		{ ",NC,voted,US,NC,11/05/2024", "no identity" },
		{ "1,,voted,US,NC,11/05/2024", "no such voter" },
		{ "1,North Carolina,voted,US,NC,11/05/2024", "no such voter" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		SCOPED(buf) csv = BUF_INIT;
		const struct model_import *import;
		struct scene scene;

		begin(&scene, &at_once);
		load_people(&scene, "state_file_id,registered_address.state\n1,NC\n");
		buf_printf(&csv, "state_file.id,registered_address.state" ELECTION "%s\n",
			   cases[i].row);
		import = load(&scene, MODEL_BALLOT, false, buf_text(&csv));
		assert_counts(import, 0, 0, 1);
		assert_non_null(strstr(failures(&scene, import), cases[i].reason));
		end(&scene);
	}
}

static void
tabs_part_cells_where_the_header_has_no_comma(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "external_id\tfirst_name\nA\tAnn, B\n"), 1, 0, 0);
	assert_string_equal(people(&scene), "external_id,first_name\nA,\"Ann, B\"\n");
	end(&scene);
}

/* ---- the queue */

static void
ids_rise_and_go_on_after_the_last_one(void **state)
{
	const struct model_options after = { .seed = 7, .last_import_id = 5000 };
	struct scene scene;
	uint64_t last = 5000;

	(void)state;
	begin(&scene, &after);
	for (int i = 0; i < 100; i++) {
		uint64_t id = submit(&scene, MODEL_PEOPLE, false, "email\na@x\n");

		assert_true(id > last);
		last = id;
	}
	assert_true(last > 5100); /* with gaps */
	end(&scene);
}

static void
rows_are_worked_at_the_speed_of_the_queue(void **state)
{
	const struct model_options slow = { .seed = 7, .rows_per_second = 2 };
	struct scene scene;
	const struct model_import *first, *second;

	(void)state;
	begin(&scene, &slow);
	first = model_find(scene.model, submit(&scene, MODEL_PEOPLE, false, "email\na@x\nb@x\nc@x\n"));
	second = model_find(scene.model, submit(&scene, MODEL_PEOPLE, false, "email\nd@x\n"));
	assert_int_equal(first->word, MODEL_QUEUED);
	assert_int_equal(model_queue_position(scene.model, second->id), 1);
	assert_int_equal(model_advance(scene.model, scene.now_ms + 499, NULL), 0);
	assert_int_equal(first->word, MODEL_WORKING);
	assert_int_equal(first->processed, 0);
	assert_int_equal(model_advance(scene.model, scene.now_ms + 1000, NULL), 0);
	assert_int_equal(first->processed, 2);
	assert_int_equal(second->word, MODEL_QUEUED);
	assert_int_equal(model_advance(scene.model, scene.now_ms + 2000, NULL), 0);
	assert_int_equal(first->finished_ms, scene.now_ms + 1500);
	assert_int_equal(second->started_ms, scene.now_ms + 1500);
	assert_int_equal(second->finished_ms, scene.now_ms + 2000);
	assert_true(model_is_idle(scene.model));
	end(&scene);
}

static void
a_queue_worked_in_small_steps_ends_as_one_worked_in_one(void **state)
{
	static const char csv[] = "external_id,email\nA,a@x\nB,b@x\nC,a@x\nA,c@x\nD,\n";
	const struct model_options slow = { .seed = 9, .rows_per_second = 3 };
	struct scene steps, once;
	SCOPED(buf) kept = BUF_INIT;

	(void)state;
	begin(&steps, &slow);
	begin(&once, &slow);
	for (int i = 0; i < 3; i++) {
		submit(&steps, MODEL_PEOPLE, true, csv);
		submit(&once, MODEL_PEOPLE, true, csv);
	}
	for (int64_t ms = 0; ms <= 20000; ms += 7) {
		uint64_t worked = 1;

		while (worked)
			assert_int_equal(model_work(steps.model, steps.now_ms + ms, 1, &worked, NULL), 0);
	}
	assert_int_equal(model_advance(once.model, once.now_ms + 20000, NULL), 0);
	model_people_csv(steps.model, 0, UINT32_MAX, &kept);
	model_people_csv(once.model, 0, UINT32_MAX, &once.text);
	assert_string_equal(buf_text(&kept), buf_text(&once.text));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(model_at(steps.model, i)->finished_ms,
				 model_at(once.model, i)->finished_ms);
	end(&steps);
	end(&once);
}

static void
finishing_works_the_whole_queue_now(void **state)
{
	const struct model_options slow = { .seed = 7, .rows_per_second = 1 };
	struct scene scene;
	const struct model_import *import;

	(void)state;
	begin(&scene, &slow);
	import = model_find(scene.model, submit(&scene, MODEL_PEOPLE, false, "email\na@x\nb@x\n"));
	assert_int_equal(model_finish(scene.model, scene.now_ms + 10, NULL), 0);
	assert_counts(import, 2, 0, 0);
	assert_int_equal(import->finished_ms, scene.now_ms + 10);
	end(&scene);
}

static void
a_header_alone_finishes_with_no_rows(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	assert_counts(load_people(&scene, "email\n"), 0, 0, 0);
	assert_counts(load_people(&scene, "email"), 0, 0, 0);
	end(&scene);
}

static void
a_file_that_cannot_be_read_is_unprocessable_as_a_whole(void **state)
{
	static const struct {
		const char *csv, *why;
	} cases[] = {
		{ "email\na@x\nb\"@x\n", "line 3: illegal quoting" },
		{ "email\n\"a@x\n", "line 2: unclosed quoted field" },
		{ "email\n\"a@x\"b\n", "line 2: text after a closing quotation mark" },
		{ "email\na@x\rb@x\n", "line 2: a carriage return outside quotation marks" },
		{ "email\na\xFF@x\n", "invalid byte sequence in UTF-8 at byte 7" },
		{ "", "the file is empty" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct model_import *import;
		struct scene scene;

		begin(&scene, &at_once);
		import = load_people(&scene, cases[i].csv);
		assert_int_equal(import->word, MODEL_UNPROCESSABLE);
		assert_string_equal(buf_text(&import->why), cases[i].why);
		assert_int_equal(model_people_count(scene.model), 0);
		end(&scene);
	}
}

static void
the_same_seed_gives_the_same_nation(void **state)
{
	struct scene one, two;
	SCOPED(buf) kept = BUF_INIT;

	(void)state;
	begin(&one, &at_once);
	begin(&two, &at_once);
	assert_int_equal(load_people(&one, "email\na@x\nb@x\n")->id,
			 load_people(&two, "email\na@x\nb@x\n")->id);
	model_people_csv(one.model, 0, UINT32_MAX, &kept);
	model_people_csv(two.model, 0, UINT32_MAX, &two.text);
	assert_string_equal(buf_text(&kept), buf_text(&two.text));
	end(&one);
	end(&two);
}

static void
many_profiles_are_all_found_again(void **state)
{
	enum { COUNT = 20000 };
	SCOPED(buf) csv = BUF_INIT;
	struct scene scene;

	(void)state;
	begin(&scene, &at_once);
	buf_add_text(&csv, "external_id,first_name\n");
	for (int i = 0; i < COUNT; i++)
		buf_printf(&csv, "%d,N%d\n", i, i % 9);
	assert_counts(load_people(&scene, buf_text(&csv)), COUNT, 0, 0);
	assert_counts(load(&scene, MODEL_PEOPLE, true, buf_text(&csv)), 0, COUNT, 0);
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
		cmocka_unit_test(with_overwriting_the_newest_value_stays),
		cmocka_unit_test(empty_and_blank_cells_never_clear),
		cmocka_unit_test(tags_are_added_and_addresses_replaced_whatever_is_overwritable_says),
		cmocka_unit_test(a_row_fails_if_one_of_its_ids_sits_on_another_profile),
		cmocka_unit_test(two_voters_with_one_email_stay_two),
		cmocka_unit_test(a_new_email_for_a_known_voter_is_an_update),
		cmocka_unit_test(a_move_to_a_state_where_the_number_is_taken_fails),
		cmocka_unit_test(values_that_cannot_stand_fail_with_their_reason),
		cmocka_unit_test(both_forms_of_dates_and_a_leap_day_are_fine),
		cmocka_unit_test(text_of_255_bytes_fits_and_256_fail),
		cmocka_unit_test(rows_of_another_width_fail_and_the_others_stand),
		cmocka_unit_test(unknown_names_are_ignored_and_custom_fields_kept),
		cmocka_unit_test(failed_rows_come_back_as_they_came),
		cmocka_unit_test(a_ballot_finds_its_voter_by_each_identity),
		cmocka_unit_test(the_people_spelling_of_an_identity_is_none_for_ballots),
		cmocka_unit_test(a_second_ballot_for_a_voter_and_election_is_an_update),
		cmocka_unit_test(a_ballot_that_lacks_something_fails_with_its_reason),
		cmocka_unit_test(tabs_part_cells_where_the_header_has_no_comma),
		cmocka_unit_test(ids_rise_and_go_on_after_the_last_one),
		cmocka_unit_test(rows_are_worked_at_the_speed_of_the_queue),
		cmocka_unit_test(a_queue_worked_in_small_steps_ends_as_one_worked_in_one),
		cmocka_unit_test(finishing_works_the_whole_queue_now),
		cmocka_unit_test(a_header_alone_finishes_with_no_rows),
		cmocka_unit_test(a_file_that_cannot_be_read_is_unprocessable_as_a_whole),
		cmocka_unit_test(the_same_seed_gives_the_same_nation),
		cmocka_unit_test(many_profiles_are_all_found_again),
	};

	return cmocka_run_group_tests_name("sandbox/model", tests, NULL, NULL);
}
