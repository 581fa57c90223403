#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/buf.h"
#include "runner/cli/output.h"
#include "runner/files/put.h"

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int
output_check(const char *path, struct err *err)
{
	size_t len = strlen(name_of(path));

	if (len > 0 && len < PUT_NAME_BYTES)
		return 0;
	return err_set(err, ERR_USAGE, "\"%s\" is no name for a file (at most %d bytes)", path,
	    PUT_NAME_BYTES - 1);
}

int
output_put(const char *path, struct span text, struct err *err)
{
	SCOPED(buf) folder = BUF_INIT;
	int fd, failed;

	buf_add(&folder, path, (size_t)(name_of(path) - path));
	if (folder.len == 0)
		buf_add_byte(&folder, '.');
	if (buf_check(&folder, err))
		return -1;
	fd = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, ERR_CREATE, errno, "%s cannot be opened", folder.ptr);
	failed = put_whole(fd, name_of(path), text, err);
	close(fd);
	return failed;
}
