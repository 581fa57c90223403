/* cable.h - a network of our own with a cable that can be cut: two network namespaces, a tunnel in
 * each, and a thread between them that carries packets, until it has carried so many bytes of the
 * runner's and carries nothing any more, and then again. Needs the right to make namespaces.
 *
 *     cable_enter_nation()    this thread, and what it starts, is at CABLE_NATION from now on
 *     cable_enter_runner()    at CABLE_RUNNER
 *
 * Both addresses are of 127/8, so that a runner may speak to the nation in clear. */
#ifndef TESTS_WIRE_CABLE_H
#define TESTS_WIRE_CABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CABLE_NATION "127.77.2.1"
#define CABLE_RUNNER "127.77.1.1"

struct cable;

/* NULL, and *why says it, where this computer or its rights do not allow it. */
struct cable *cable_enter_nation(const char **why);
void cable_enter_runner(struct cable *cable); /* asserts; the cable is whole from now on */

/* To be cut when the runner has sent so many bytes of TCP payload. Forgets what was. */
void cable_begin(struct cable *cable, uint64_t cut_at);

/* Whole again; `sent` counts anew. */
void cable_mend(struct cable *cable);

/* What happened since it began. */
struct cable_facts {
	bool is_cut;
	uint64_t sent;  /* payload bytes of the runner's that came through */
	bool has_reset; /* the runner's end sent an RST, whether or not it came through */
};
struct cable_facts cable_facts(struct cable *cable);

/* Whether the runner's kernel still holds a connection: one that is alive, or one without a process
 * of which not all was taken yet. */
bool cable_has_connections(void);

#endif
