#include "platform.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Far above any corpus file; a larger one is a mistake. */
#define INPUT_BYTES (1u << 20)

static bool
replay_file(const char *folder, const char *name)
{
	static uint8_t input[INPUT_BYTES];
	char path[4096];
	FILE *file;
	size_t len;
	uint8_t *exact;

	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
		return false;
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	len = fread(input, 1, sizeof input, file);
	fclose(file);
	/* A block of just that size, so that a sanitizer sees the first byte read too far. */
	exact = malloc(len ? len : 1);
	if (exact == NULL || len == sizeof input) {
		free(exact);
		return false;
	}
	memcpy(exact, input, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return true;
}

/* $FUZZ_CORPUS/NAME holds the inputs of the program .../fuzz_NAME. */
int
main(int argc, char **argv)
{
	const char *corpus = getenv("FUZZ_CORPUS"), *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	char folder[4096];
	unsigned count = 0;
	struct dirent *entry;
	DIR *dir;

	if (argc > 1)
		snprintf(folder, sizeof folder, "%s", argv[1]);
	else
		snprintf(folder, sizeof folder, "%s/%s", corpus ? corpus : ".",
			 name + strlen("fuzz_"));
	dir = opendir(folder);
	if (dir == NULL) {
		fprintf(stderr, "%s: no such folder\n", folder);
		return 1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (!replay_file(folder, entry->d_name)) {
			printf("not ok %u - %s\n", ++count, entry->d_name);
			continue;
		}
		printf("ok %u - %s\n", ++count, entry->d_name);
		fflush(stdout);
	}
	closedir(dir);
	printf("1..%u\n", count);
	return 0;
}
