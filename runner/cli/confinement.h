/* confinement.h - what a verb needs of the computer, once it knows its job; the kernel refuses the
 * rest (runner/sys/confine.h). rollcall(1) lists it for users, under SECURITY. */
#ifndef RUNNER_CLI_CONFINEMENT_H
#define RUNNER_CLI_CONFINEMENT_H

#include "runner/base/err.h"
#include "runner/cli/session.h"

/* Beside the inputs, the job's folder and the system, which every verb may read. */
enum confinement {
	CONFINEMENT_STATE = 1,   /* to change the run folder, which LMDB does also for readers */
	CONFINEMENT_REPORTS = 2, /* to change report.dir, which is made if it is not there */
	CONFINEMENT_NATION = 4,  /* to connect, and to read and renew the token */
};

/* In one thread; the job file is read, helpers are started, the run folder is made, all folders that
 * must be renamed beside it are. `grants` are bits of enum confinement. A kernel that cannot do it is
 * no error: session->confined_abi is then 0. Nor is ROLLCALL_CONFINE=off, for systems that keep what
 * a load needs where nobody else has it. */
int confinement_enter(struct session *session, unsigned grants, struct err *err);

/* Of a verb that looks at all loads below a folder: it may read anything, for job files include others
 * and inputs lie anywhere, change only what is below, and not connect. */
int confinement_enter_tree(const char *folder, struct err *err);

/* Takes away the report.dir that was made for a load that came to nothing. */
void confinement_withdraw(const struct session *session);

#endif
