/* adopt.c - a copied or restored run folder is taken over (product.md section 5).
 *
 * Whoever ran the load elsewhere may have sent, since the copy was made, what is planned here. So
 * all of it is in doubt, and the nation's list decides. Nobody can have sent it before the last
 * import that this load knows of was begun: that is in the store, and the chunk was planned after
 * it. The list is read back to there, and that import is the witness that shows it to be whole. */
#include "platform.h"

#include <stdio.h>

#include "runner/engine/private.h"

/* By the nation's clock; 0: none is known. */
static int64_t
last_import_ms(const struct load *load)
{
	int64_t last_ms = 0;

	for (uint32_t i = 0; i < load->slot_count; i++) {
		const struct slot *slot = &load->slots[i];

		if (slot->import_id && slot->is_dated && slot->sent_ms > last_ms)
			last_ms = slot->sent_ms;
	}
	return last_ms;
}

static int
note_adopted(struct engine *engine, struct err *err)
{
	struct event event = { .type = EVENT_RUN_ADOPTED, .at_ms = engine_now(engine).wall_ms };

	snprintf(event.person, sizeof(event.person), "%s", engine->options.person);
	snprintf(event.host, sizeof(event.host), "%s", engine->options.host);
	event.pid = engine->options.pid;
	return turn_note(&engine->turn, &event, err);
}

static int
doubt(struct engine *engine, const struct slot *slot, int64_t since_ms, struct err *err)
{
	struct event event = {
		.type = EVENT_ADOPT_DOUBTED,
		.at_ms = engine_now(engine).wall_ms,
		.source = slot->source,
		.chunk = slot->number,
		.server_date_ms = since_ms,
		.text = "another copy of the run folder may have sent it",
	};
	struct chunk chunk;

	if (turn_chunk(&engine->turn, load_find(&engine->load, slot->source, slot->number), &chunk,
		err))
		return -1;
	event.attempt = chunk.attempts;
	if (turn_note(&engine->turn, &event, err))
		return -1;
	/* Room for the equation, which a commit may add. */
	return engine->turn.event_count >= TURN_EVENTS - 1 ? turn_commit(&engine->turn, err) : 0;
}

int
engine_adopt(struct engine *engine, struct engine_adoption *adoption, struct err *err)
{
	const struct load *load = &engine->load;
	struct engine_adoption done = { 0 };
	int64_t since_ms;

	if (note_adopted(engine, err))
		return -1;
	since_ms = last_import_ms(load);
	done.is_dated = since_ms != 0;
	for (uint32_t i = 0; i < load->slot_count; i++) {
		if (load->slots[i].state != CHUNK_PLANNED)
			continue;
		if (doubt(engine, &load->slots[i], since_ms, err))
			return -1;
		done.doubts++;
	}
	if (turn_commit(&engine->turn, err))
		return -1;
	*adoption = done;
	return 0;
}
