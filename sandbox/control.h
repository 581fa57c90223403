/* control.h - the requests below /sandbox/, for tests: look at the nation, set faults, the clock.
 * They are never subject to faults and stand in no count. The list is in rollcall-sandbox(1). */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "sandbox/exchange.h"

/* Carries out exchange->method and ->path and makes exchange->reply. */
void control_answer(struct exchange *exchange);

#endif
