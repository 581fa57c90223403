/* rescue.h - import ids that could not be committed. */
#ifndef RUNNER_ENGINE_RESCUE_H
#define RUNNER_ENGINE_RESCUE_H

struct engine;

/* The journal failed: nothing more may be sent, but what was noted last, and answers still under way,
 * may carry import ids (law 2). Waits up to ENGINE_GRACE_MS for those answers. Each id goes to the last
 * resort and to the watcher, who shows it to the person: no part of this reads the journal. */
void rescue_ids(struct engine *engine);

#endif
