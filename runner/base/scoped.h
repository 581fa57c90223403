/* scoped.h - locals that clean up after themselves, so that every function may return early.
 *
 *     SCOPED(buf) line = BUF_INIT;      calls buf_scoped(&line), that is buf_done(), at the brace
 *
 * A type takes part by declaring SCOPED_BY(name, name_done). */
#ifndef RUNNER_BASE_SCOPED_H
#define RUNNER_BASE_SCOPED_H

#define SCOPED(name) __attribute__((cleanup(name##_scoped))) struct name

#define SCOPED_BY(name, done)                                                                      \
	static inline __attribute__((unused)) void name##_scoped(struct name *thing)               \
	{                                                                                          \
		done(thing);                                                                       \
	}

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
