/* birth.h - birth.json, the birth certificate beside a store: without it nothing was sent yet, and a
 * store that it does not fit is refused, never started over.
 *
 * It says what load this is (load id, job), where it lives (machine, inodes of the run folder and of
 * the file mark) and what was planned (inputs, chunks). Written after the store and synced before the first
 * POST; written again only when a copied run folder is adopted. */
#ifndef STORE_BIRTH_H
#define STORE_BIRTH_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/json/read.h"
#include "store/store.h"

struct birth {
	struct buf text;
	struct json_doc doc;
};

#define BIRTH_NONE { BUF_INIT, JSON_DOC_INIT }

int birth_is_there(const char *folder, bool *is_there, struct err *err);

int birth_write(struct store *store, const char *machine_id, struct err *err);

/* -1: ERR_INPUT if there is none or it is of a newer rollcall, ERR_IO if it is damaged. */
int birth_read(struct birth *birth, const char *folder, struct err *err);
void birth_done(struct birth *birth);

/* Whether the folder lies where the load was begun, with the mark that was made for it: *other is NULL,
 * or says where it comes from, as "on another machine". */
int birth_compare_place(const struct birth *birth, const char *folder, const char *machine_id,
    const char **other, struct err *err);

/* The store is the one that was certified. -1: ERR_INPUT. */
int birth_check_store(const struct birth *birth, struct store *store, struct err *err);

SCOPED_BY(birth, birth_done)

#endif
