#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/core/event.h"

static const struct {
	enum event_type type;
	const char *word;
} types[] = {
#define X(name, number, word) { EVENT_##name, word },
	EVENT_TYPES(X)
#undef X
};

static const char *const nation_words[] = {
#define X(name, number, text) [number] = text,
	NATION_WORDS(X)
#undef X
};

const char *
event_word(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		if (types[i].type == type)
			return types[i].word;
	}
	return NULL;
}

int
event_type_of(const char *word, enum event_type *type)
{
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		if (strcmp(types[i].word, word) == 0) {
			*type = types[i].type;
			return 0;
		}
	}
	return -1;
}

const char *
nation_word_text(enum nation_word word)
{
	return (size_t)word < ARRAY_COUNT(nation_words) ? nation_words[word] : NULL;
}
