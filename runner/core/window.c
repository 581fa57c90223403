#include "platform.h"

#include "runner/core/window.h"

struct window
window_open(uint64_t count, uint64_t per_ms)
{
	int64_t slice_ms = ((int64_t)per_ms + WINDOW_SLICES - 2) / (WINDOW_SLICES - 1);

	return (struct window){
		.count = count,
		.per_ms = (int64_t)per_ms,
		.slice_ms = slice_ms,
	};
}

/* Lets go of the slices that are wholly older than the window. */
static void
move_to(struct window *window, int64_t slice)
{
	while (window->slice < slice) {
		uint32_t *oldest;

		if (window->total == 0) {
			window->slice = slice;
			return;
		}
		oldest = &window->taken[++window->slice % WINDOW_SLICES];
		window->total -= *oldest;
		*oldest = 0;
	}
}

void
window_change(struct window *window, uint64_t count, uint64_t per_ms, int64_t mono_ms)
{
	struct window changed = window_open(count, per_ms);

	move_to(window, mono_ms / window->slice_ms);
	changed.slice = mono_ms / changed.slice_ms;
	changed.total = window->total;
	changed.taken[changed.slice % WINDOW_SLICES] = (uint32_t)window->total;
	*window = changed;
}

int64_t
window_wait_ms(const struct window *window, int64_t mono_ms)
{
	struct window later = *window;

	move_to(&later, mono_ms / window->slice_ms);
	if (later.total < window->count)
		return 0;
	while (later.total >= window->count)
		move_to(&later, later.slice + 1);
	return later.slice * window->slice_ms - mono_ms;
}

void
window_take(struct window *window, int64_t mono_ms)
{
	move_to(window, mono_ms / window->slice_ms);
	window->taken[window->slice % WINDOW_SLICES]++;
	window->total++;
}
