#include "platform.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/sys/host.h"

static const char machine_path[] = "/etc/machine-id";

void
host_name(char *to, unsigned bytes)
{
	if (gethostname(to, bytes) || to[0] == '\0')
		snprintf(to, bytes, "unknown");
	to[bytes - 1] = '\0';
}

void
host_person(char *to, unsigned bytes)
{
	const struct passwd *person = getpwuid(getuid());

	snprintf(to, bytes, "%s", person ? person->pw_name : "unknown");
}

int
host_machine(char to[static 64], struct err *err)
{
	FILE *file = fopen(machine_path, "re");
	bool is_bad;

	to[0] = '\0';
	if (!file)
		return errno == ENOENT ? 0 : err_system(err, ERR_IO, errno, "%s", machine_path);
	if (fgets(to, 64, file))
		to[strcspn(to, "\n")] = '\0';
	is_bad = ferror(file) != 0;
	fclose(file);
	return is_bad ? err_set(err, ERR_IO, "%s cannot be read", machine_path) : 0;
}
