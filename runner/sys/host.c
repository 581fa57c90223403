#include "platform.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/sys/host.h"

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

void
host_machine(char to[static 64])
{
	FILE *file = fopen("/etc/machine-id", "re");

	to[0] = '\0';
	if (!file)
		return;
	if (fgets(to, 64, file))
		to[strcspn(to, "\n")] = '\0';
	fclose(file);
}
