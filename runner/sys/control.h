/* control.h - what a person asks of a running load: signals, and files in RUN/control/.
 *
 * A verb that wants something of a running load writes control/N.json (temporary file, fsync,
 * rename); the runner sees it by inotify, carries it out, writes control/N.answer, and removes
 * N.json. The verb reads and removes the answer. Without a runner the verb takes the run's lock and
 * carries the wish out itself. A file that cannot be read is answered with the reason. */
#ifndef RUNNER_SYS_CONTROL_H
#define RUNNER_SYS_CONTROL_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/ports.h"

struct control;

/* Blocks SIGINT, SIGTERM, SIGHUP and SIGUSR1 for the process and takes them by descriptor until
 * control_close(). `run_folder` is a descriptor of the run folder; control/ is made in it. */
struct control *control_open(int run_folder, struct err *err);
void control_close(struct control *control);

struct control_port control_port(struct control *control);

/* Descriptors that become readable when there is something to hear. */
enum { CONTROL_FDS = 2 };
void control_fds(const struct control *control, int fds[static CONTROL_FDS]);

/* The signal that asked for the stop, 0 if none did. */
int control_signal(const struct control *control);

/* The other side: asks a running load to settle a chunk. -1 with ERR_USAGE and its reason if it
 * refused; ERR_LATER if it did not answer within wait_ms (it may have ended: then take the lock). */
int control_ask(int run_folder, const struct event *wish, int64_t wait_ms, struct err *err);

#endif
