#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/buf.h"
#include "runner/base/show.h"
#include "runner/cli/output.h"

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int
check_name(const char *path, struct err *err)
{
	size_t len = strlen(name_of(path));

	if (len > 0 && len < PUT_NAME_BYTES)
		return 0;
	return err_set(err, ERR_USAGE, "\"%s\" is no name for a file (at most %d bytes)", path,
	    PUT_NAME_BYTES - 1);
}

static int
refuse_folder(const char *path, struct err *err)
{
	return err_set(err, ERR_CREATE, "%s is a folder\nNothing was written.", path);
}

int
output_choose(struct output *output, const char *path, bool is_wanted, struct err *err)
{
	struct stat facts;

	*output = (struct output)OUTPUT_NONE;
	if (!path || strcmp(path, "-") == 0)
		return 0;
	if (check_name(path, err))
		return -1;
	output->path = path;
	if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
		return refuse_folder(path, err);
	if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode)) {
		output->device = fopen(path, "we");
		return output->device ? 0 : err_system(err, ERR_CREATE, errno, "%s", path);
	}
	if (is_wanted || lstat(path, &facts))
		return 0;
	return err_set(err, ERR_CREATE,
	    "%s is there already\n"
	    "  -o FILE writes another; --force replaces it.  Nothing was written.", path);
}

int
output_spare(const char *path, const char *file, struct err *err)
{
	struct stat there, spared;

	if (stat(path, &there) || stat(file, &spared) || there.st_ino != spared.st_ino ||
	    there.st_dev != spared.st_dev || !S_ISREG(spared.st_mode))
		return 0;
	return err_set(err, ERR_CREATE,
	    "%s is what is read here: it would be gone\nNothing was written.", path);
}

static int
open_folder(struct output *output, struct err *err)
{
	SCOPED(buf) folder = BUF_INIT;

	buf_add(&folder, output->path, (size_t)(name_of(output->path) - output->path));
	if (folder.len == 0)
		buf_add_byte(&folder, '.');
	if (buf_check(&folder, err))
		return -1;
	output->folder = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return output->folder < 0
		   ? err_system(err, ERR_CREATE, errno, "%s cannot be opened", folder.ptr)
		   : 0;
}

int
output_open(struct output *output, struct err *err)
{
	if (!output->path || output->device) {
		output->to = output->device ? output->device : stdout;
		return 0;
	}
	if (open_folder(output, err) ||
	    put_open(&output->put, output->folder, name_of(output->path), err))
		return -1;
	output->to = output->put.file;
	return 0;
}

int
output_close(struct output *output, struct err *err)
{
	if (!output->path) /* main() flushes it */
		return 0;
	if (!output->device)
		return put_commit(&output->put, err);
	if (fflush(output->device) || ferror(output->device))
		return err_system(err, ERR_IO, errno, "writing %s", output->path);
	return 0;
}

void
output_done(struct output *output)
{
	put_done(&output->put);
	if (output->device)
		fclose(output->device);
	if (output->folder >= 0)
		close(output->folder);
	*output = (struct output)OUTPUT_NONE;
}

int
output_check(const char *path, struct err *err)
{
	struct stat facts;

	if (strcmp(path, "-") == 0)
		return err_set(err, ERR_USAGE, "\"-\" is no name for a file");
	if (check_name(path, err))
		return -1;
	return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode) ? refuse_folder(path, err) : 0;
}

int
output_put(const char *path, struct span text, struct err *err)
{
	SCOPED(output) output = OUTPUT_NONE;

	if (output_choose(&output, path, true, err) || output_open(&output, err))
		return -1;
	fwrite(text.ptr, 1, text.len, output.to);
	return output_close(&output, err);
}

int
output_text(const struct buf *text, struct err *err)
{
	if (buf_check(text, err))
		return -1;
	if (text->len)
		fwrite(text->ptr, 1, text->len, stdout);
	return 0;
}

int
output_json(struct jsonw *json, struct err *err)
{
	jsonw_close(json, '}');
	buf_add_byte(json->to, '\n');
	return output_text(json->to, err);
}

static void
complain_plainly(const char *text)
{
	fputs("rollcall: ", stderr);
	for (; *text; text++)
		fputc(*text == '\n' || (*text >= ' ' && *text <= '~') ? *text : '?', stderr);
	fputc('\n', stderr);
}

int
output_complaint(const struct err *err)
{
	SCOPED(buf) shown = BUF_INIT;

	show_lines(&shown, span_of(err->text));
	if (buf_failed(&shown))
		complain_plainly(err->text);
	else
		fprintf(stderr, "rollcall: %s\n", buf_text(&shown));
	return (int)err->kind;
}
