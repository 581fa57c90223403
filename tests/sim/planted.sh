#!/usr/bin/env bash
# The simulation notices when the code breaks what it stands for: bugs are planted in copies of the core
# and the engine, one at a time, and a simulation with the copy must end with the law that it breaks.
#
#     planted NAME FILE LAW CHANGE     CHANGE: a sed -z -E expression
#
# What a change no longer finds in its file is a failure too: the bug would not be planted.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"

most_seeds=20000

# build PROGRAM: the program of tests/sim with this file's code in the place of ours.
build()
{
	# shellcheck disable=SC2086 # words
	(cd "$TOP_BUILDDIR" && $COMPILE -w -c -o "$WORK/changed.o" "$WORK/changed.c" &&
		$COMPILE -w -o "$WORK/$1" "tests/sim/$1.o" "$WORK/changed.o" $SIM_LIBS) >build.log 2>&1
}

# planted NAME FILE LAW CHANGE [PROGRAM]; LAW "story NAME": that one of test_stories fails
planted()
{
	local name=$1 file=$2 law=$3 change=$4 program=${5:-sim} found
	[[ $law = story* ]] && program=test_stories
	sed -z -E "$change" "$TOP_SRCDIR/$file" >changed.c
	if cmp -s changed.c "$TOP_SRCDIR/$file"; then
		fail "$name: can be planted" "nothing in $file matches: $change"
		return
	fi
	if ! build "$program"; then
		fail "$name: can be planted" "$(cat build.log)"
		return
	fi
	if [ "$program" = test_stories ]; then
		"./$program" >out 2>&1
		file_has "$name: is noticed" out "[  FAILED  ] ${law#story }"
		return
	fi
	"./$program" --until-failure --seeds $most_seeds >out 2>&1
	found=$(grep -m 1 -oE '^# law [0-9]+' out)
	is "$name: is noticed" "# $law" "$found"
	diag "$(grep -m 2 '^#' out)"
}

planted "a POST goes out before its intent is durable" runner/engine/engine.c "law 4" \
	's/(event\.body_bytes = body->bytes;\s*if \(turn_note\(&engine->turn, &event, err\)) \|\| turn_commit\(&engine->turn, err\)\)/\1)/'

planted "a lost answer is tried again" runner/core/verdict.c "law 1" \
	's/(in_doubt\(struct verdict \*verdict,[^{]*\{\s*set_event\(verdict, reply, context, )EVENT_ANSWER_LOST/\1EVENT_SUBMIT_NOT_COMPLETE/'

planted "one look is enough for an absence" runner/engine/look.c "law 1" \
	's/bool is_second = engine->look\.chunk\.absences > 0;/bool is_second = true;/' adversary

planted "an absence needs no witness" runner/core/probe.c "law 1" \
	's/if \(!probe->wanted\.has_witness \|\| probe->own_seen < probe->wanted\.own_expected\)/if (0)/' adversary

planted "one witness stands for all" runner/core/probe.c "law 1" \
	's/(if \(!probe->wanted\.has_witness) \|\| probe->own_seen < probe->wanted\.own_expected\)/\1)/' adversary

planted "a list may tell another time than the nation" runner/engine/look.c "law 1" \
	's/(\nis_out_of_time\([^{]*\{)/\1 return false;/' adversary

planted "what looks different is not ours" runner/core/probe.c "law 1" \
	's/bool may_hide = [^;]*;/bool may_hide = false;/' adversary

planted "nobody asks who owns an import" runner/engine/hear.c "law 7" \
	's/if \(owner != LOAD_NO_INDEX\)\s*return conflict/if (0) return conflict/'

planted "a due time is not clamped" runner/core/load.c "law 8" \
	's/\(wait_ms < longest_ms \? wait_ms : longest_ms\)/wait_ms/'

planted "a source does not wait for those before it" runner/core/load.c "law 9" \
	's/(load_source_is_open\([^{]*\{)/\1 return true;/'

planted "a pause that the nation asked for is ignored" runner/core/load.c "law 10" \
	's/(\nload_pause\([^{]*\{)/\1 return;/'

planted "the settle time is skipped" runner/core/verdict.c "law 1" \
	's/context->wall_ms \+ context->limits->settle_ms/context->wall_ms/g' adversary

planted "an import found is not confirmed" runner/engine/look.c "law 2" \
	's/engine->look\.is_confirming = true;\s*load_want_page\(&engine->load\);\s*return 0;/{ struct event found = { .type = EVENT_PROBE_FOUND, .import_id = engine->look.probe.candidate }; return end_with(engine, \&found, err); }/' adversary

planted "a candidate may be owned already" runner/engine/look.c \
	"story an_import_that_a_person_gave_away_during_the_look_is_not_given_twice" \
	's/if \(load_owner\(&engine->load, event\.import_id\) != LOAD_NO_INDEX\)/if (0)/'

planted "a look is taken while POSTs are unanswered" runner/core/decide.c \
	"story nothing_is_looked_for_while_a_post_is_unanswered_that_the_list_may_show" \
	's/load->looking != LOAD_NO_INDEX \|\| load->uploads\)/load->looking != LOAD_NO_INDEX)/'

planted "in_doubt = hold is not heeded" runner/core/decide.c "law 13" \
	's/load->sources\[slot->source\]\.rules\.in_doubt == IN_DOUBT_HOLD/slot->number == 0/'

planted "the loop does not wait" runner/engine/engine.c "law 8" \
	's/(\nwait_of\([^{]*\{)/\1 return 0;/'

planted "a second runner is let in" store/lock.c "law 12" \
	's/if \(fd >= 0 && code == EWOULDBLOCK\)/if (0)/;s/else if \(code\)/else if (code \&\& code != EWOULDBLOCK)/'

planted "a change of a chunk is not written" store/journal.c "law 5" \
	's/schema_put\(txn, SCHEMA_STATES, &schema_chunk_shape, schema_span\(&key\), chunk\);/(void)chunk;/'

planted "an event is written without its import" store/journal.c "law 5" \
	's/struct schema_event record = \{ \.event = \*event \};/&\n\trecord.event.import_id = 0;/' sim

planted "what was cancelled counts as not there" runner/core/chunk.c "law 1" \
	's/return chunk->word == WORD_FAILED &&\s*strcmp\([^;]*;/return chunk->word == WORD_FAILED;/'

planted "a corrected row is still counted as rejected" runner/core/tally.c "law 14" \
	's/\.rows_retried = tally_replaces\(chunk, plan\) \? sent : 0/.rows_retried = 0/'

planted "the chunks of rejected rows do not say that these were handed in again" runner/engine/retry.c "law 11" \
	's/event->rows = parent->rows;/event->rows = 0;/'

planted "a stopped source keeps back what was corrected" runner/core/load.c "law 3" \
	's/load_source_is_rejected\(source\) \? next_retry\(load, source\)/load_source_is_rejected(source) ? LOAD_NO_INDEX/'

planted "the import that failed is taken for that of its retry" runner/engine/look.c \
	"story the_import_that_came_to_nothing_is_not_taken_for_that_of_the_retry" \
	's/if \(look->chunk\.notes & NOTE_CAME_TO_NOTHING/if (0 \&\& look->chunk.notes \& NOTE_CAME_TO_NOTHING/'

finish
