#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "runner/cli/screen.h"

bool
screen_is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static unsigned
columns(void *ctx)
{
	struct winsize size;

	(void)ctx;
	/* In the background nothing is drawn: the terminal belongs to somebody else. */
	if (!screen_is_terminal() || tcgetpgrp(STDERR_FILENO) != getpgrp() ||
	    ioctl(STDERR_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

static int
write_all(void *ctx, struct span text)
{
	(void)ctx;
	while (text.len) {
		ssize_t written = write(STDERR_FILENO, text.ptr, text.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		text.ptr += written;
		text.len -= (size_t)written;
	}
	return 0;
}

static int64_t
local(void *ctx, int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm parts;

	(void)ctx;
	if (!localtime_r(&seconds, &parts))
		return wall_ms;
	return wall_ms + (int64_t)parts.tm_gmtoff * 1000;
}

struct watch_screen
screen_real(void)
{
	return (struct watch_screen){ NULL, columns, write_all, local };
}
