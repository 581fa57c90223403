#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/nation/formbody.h"
#include "runner/nation/token.h"

struct formbody {
	struct body body;
	struct buf text;
	size_t at;
};

static int
give(struct body *body, char *to, size_t most, size_t *got, struct err *err)
{
	struct formbody *form = (struct formbody *)body;
	size_t left = form->text.len - form->at;

	(void)err;
	*got = most < left ? most : left;
	memcpy(to, form->text.ptr + form->at, *got);
	form->at += *got;
	return 0;
}

/* It is no chunk: nobody names it by a digest. */
static void
no_digest(const struct body *body, struct digest *digest)
{
	(void)body;
	*digest = (struct digest){ .is_known = false };
}

static void
wipe(struct body *body)
{
	struct formbody *form = (struct formbody *)body;

	token_wipe(&form->text);
	free(form);
}

struct body *
formbody_new(struct buf *text)
{
	struct formbody *form = buf_failed(text) ? NULL : calloc(1, sizeof(*form));

	if (!form) {
		token_wipe(text);
		return NULL;
	}
	*form = (struct formbody){
		.body = { text->len, give, no_digest, wipe },
		.text = *text,
	};
	*text = (struct buf)BUF_INIT;
	return &form->body;
}
