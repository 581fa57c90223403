/* disk.h - a disk that keeps no more than it must: what a power cut may leave of a recorded run.
 *
 * A write is kept for certain when its file was synced after it, or when it was made by O_DSYNC; a name in
 * a folder when the folder was synced after it. Of everything else any part may be there: any sectors of
 * any write, in any order; any of the sizes that the file had since; of the names in a folder what held
 * after any number of the changes since its last sync (a rename is whole, as on every file system with a
 * journal, but each folder is on its own, which is more than a journal allows). Holes read as zeros. */
#ifndef ROLLCALL_TESTS_CRASH_DISK_H
#define ROLLCALL_TESTS_CRASH_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/crash/shim.h"

struct disk;

/* One note of the shim, taken apart; points into the record. */
struct disk_note {
	enum shim_note_type type;
	bool is_synced;
	uint64_t offset;
	const char *path;
	const char *second;
	const char *data;
	size_t bytes;
};

/* ROOT: the folder that the paths of the notes begin with; it is there for certain. */
struct disk *disk_new(const char *root);
void disk_free(struct disk *disk);

/* The call has begun: its effect may be there. */
void disk_begin(struct disk *disk, const struct disk_note *note);

/* The call has returned: what it made durable is. */
void disk_return(struct disk *disk, const struct disk_note *note);

/* Is anything left to chance? */
bool disk_has_pending(const struct disk *disk);

enum disk_luck { DISK_NOTHING, DISK_EVERYTHING, DISK_CHANCE };

struct disk_cut {
	enum disk_luck luck;
	uint64_t seed; /* of DISK_CHANCE */
};

/* Writes what the cut leaves into FOLDER, which stands for the root and is empty. `folder_inode` in a
 * birth.json is set to that of FOLDER/job.run, where it will be read. TORN gets the name of a file
 * that is there under its final name and not whole, or "". */
void disk_rebuild(const struct disk *disk, const struct disk_cut *cut, const char *folder,
    char torn[64]);

#endif
