/* complaint.h - bad input in words: what and where, the cause, what to do (product.md section 7).
 *
 *     ncvoter_Statewide.txt is not UTF-8
 *       row 1,204,771 (line 1,204,772, byte 593,113,842), column last_name: bytes 4E FA F1 65 7A
 *       Read as windows-1252 this is "Núñez".  3,412 rows have such bytes.
 *       If that looks right, set  encoding = "windows-1252";  in nc-2026.cfg line 31.
 *     Nothing was sent. */
#ifndef RUNNER_SOURCE_COMPLAINT_H
#define RUNNER_SOURCE_COMPLAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/source/layout.h"
#include "runner/source/problem.h"
#include "runner/source/reader.h"

/* Where the job file has a setting, or would have it: "nc-2026.cfg line 31"; NULL: somewhere. */
struct complaint_places {
	const char *encoding;
	const char *quoting;
	const char *empty;
};

struct complaint {
	const char *path; /* as the job file writes it */
	struct complaint_places places;
	const struct reader *reader; /* reads the bytes around the place again */
	struct dialect dialect;
	const struct encoding *encoding; /* of the job; NULL: UTF-8 */
	const struct layout *layout; /* NULL while the header line is not read */
	uint32_t columns;            /* that a record must have */
	uint32_t limit_bytes;        /* of a chunk */
	bool is_corrected; /* a file of corrected rows: no setting of the job is about it */

	uint64_t broken_rows; /* UTF8, MEANING: rows with such bytes */
	bool is_all;          /* the count went to the end of the input */
};

/* Both return -1, ERR_DATA. */
int complaint_about(
    const struct complaint *complaint, const struct problem *problem, struct err *err);
int complaint_no_rows(const struct complaint *complaint, bool has_bytes, struct err *err);

/* The input is not what was planned (law 4). `how` goes on the first line, "" or "(4 -> 5 bytes)";
 * `job` names it on a command line. -1, ERR_INPUT. */
int complaint_changed(const char *path, const char *how, const char *job, struct err *err);

#endif
