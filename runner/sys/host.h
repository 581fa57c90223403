/* host.h - this computer and this user, for the record. */
#ifndef RUNNER_SYS_HOST_H
#define RUNNER_SYS_HOST_H

#include "runner/base/err.h"

/* Both write at most `bytes` and always something: "unknown" where the system does not say. */
void host_name(char *to, unsigned bytes);
void host_person(char *to, unsigned bytes);

/* The content of /etc/machine-id, "" if there is none. One that is there and cannot be read is ERR_IO:
 * a load that forgot its machine for a moment would be taken for a copy ever after. */
int host_machine(char to[static 64], struct err *err);

#endif
