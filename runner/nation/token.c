#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/span.h"
#include "runner/json/read.h"
#include "runner/nation/token.h"

/* What a source yields; longer than any token, on the stack, wiped at the brace. */
struct secret {
	char bytes[TOKEN_SOURCE_BYTES + 1]; /* one more shows that there is more */
	size_t len;
};

static void
secret_done(struct secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

SCOPED_BY(secret, secret_done)

void
token_wipe(struct buf *buf)
{
	if (buf->ptr)
		explicit_bzero(buf->ptr, buf->cap);
	buf_done(buf);
}

/* ---- files ---- */

/* Who may read the file: a credential's folder is closed by systemd, and an access list for the
 * service shows as a group's right. */
static int
check_file(const struct stat *file, const char *path, mode_t forbidden, struct err *err)
{
	if (!S_ISREG(file->st_mode))
		return err_set(err, ERR_ACCESS, "token file %s is not a regular file", path);
	if (file->st_uid != geteuid() && file->st_uid != 0)
		return err_set(err, ERR_ACCESS,
		    "token file %s belongs to another user (uid %u)\n"
		    "Make a file of your own, or take it over with chown.",
		    path, (unsigned)file->st_uid);
	if (file->st_mode & forbidden)
		return err_set(err, ERR_ACCESS,
		    "token file %s is open to others (mode %04o)\n"
		    "Close it:  chmod 600 '%s'\n"
		    "If others use this computer, get a new token: this one may be known.",
		    path, (unsigned)(file->st_mode & 07777), path);
	return 0;
}

static int
read_all(int fd, const char *path, struct secret *secret, struct err *err)
{
	for (;;) {
		size_t room = sizeof(secret->bytes) - secret->len;
		ssize_t got = room ? read(fd, secret->bytes + secret->len, room) : 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, ERR_ACCESS, errno, "reading token file %s", path);
		if (got == 0)
			return 0;
		secret->len += (size_t)got;
	}
}

static int
read_file(const char *path, mode_t forbidden, struct secret *secret, struct err *err)
{
	struct stat file;
	int failed;
	/* NONBLOCK: a FIFO is refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ELOOP)
		return err_set(err, ERR_ACCESS,
		    "token file %s is a symbolic link: name the file itself", path);
	if (fd < 0)
		return err_system(err, ERR_ACCESS, errno, "token file %s", path);
	if (fstat(fd, &file))
		failed = err_system(err, ERR_ACCESS, errno, "token file %s", path);
	else
		failed = check_file(&file, path, forbidden, err) ||
			 read_all(fd, path, secret, err);
	close(fd);
	return failed ? -1 : 0;
}

/* Each source has its own way to mend that. */
static bool
is_missing(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) && errno == ENOENT;
}

static int
read_own_file(const char *path, struct secret *secret, struct err *err)
{
	if (is_missing(path))
		return err_set(err, ERR_ACCESS,
		    "token file %s: No such file or directory\nMake it:  rollcall auth --set JOB",
		    path);
	return read_file(path, S_IRWXG | S_IRWXO, secret, err);
}

static int
read_credential(const char *name, struct secret *secret, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	SCOPED(buf) path = BUF_INIT;

	if (!folder || !*folder)
		return err_set(err, ERR_ACCESS,
		    "credential %s: systemd gave none (CREDENTIALS_DIRECTORY is not set)\n"
		    "The service needs  LoadCredential=%s:/path/of/the/token",
		    name, name);
	if (!*name || strchr(name, '/') || !strcmp(name, "..") || !strcmp(name, "."))
		return err_set(err, ERR_ACCESS, "credential '%s' is not the name of a file", name);
	buf_printf(&path, "%s/%s", folder, name);
	if (buf_check(&path, err))
		return -1;
	if (is_missing(buf_text(&path)))
		return err_set(err, ERR_ACCESS,
		    "credential %s: systemd gave none of that name\n"
		    "The service needs  LoadCredential=%s:/path/of/the/token",
		    name, name);
	return read_file(buf_text(&path), S_IRWXO, secret, err);
}

/* ---- the other sources ---- */

static int
take(struct secret *secret, struct span from)
{
	secret->len = from.len < sizeof(secret->bytes) ? from.len : sizeof(secret->bytes);
	if (secret->len)
		memcpy(secret->bytes, from.ptr, secret->len);
	return 0;
}

static int
read_env(const char *name, struct secret *secret, struct err *err)
{
	const char *value = getenv(name);

	if (!value)
		return err_set(err, ERR_ACCESS, "the environment has no %s: set it to the token",
		    name);
	return take(secret, span_of(value));
}

static int
read_command(const struct token_source *source, struct secret *secret, struct err *err)
{
	struct buf output = BUF_INIT;
	int failed = source->run(source->ctx, source->rest, &output, err);

	if (!failed)
		take(secret, buf_span(&output));
	else if (err)
		err->kind = ERR_ACCESS;
	token_wipe(&output);
	return failed ? err_within(err, "the token command") : 0;
}

static int
read_source(const struct token_source *source, struct secret *secret, struct err *err)
{
	switch (source->scheme) {
	case TOKEN_FILE:
		return read_own_file(source->rest, secret, err);
	case TOKEN_ENV:
		return read_env(source->rest, secret, err);
	case TOKEN_COMMAND:
		return read_command(source, secret, err);
	case TOKEN_CREDENTIAL:
		return read_credential(source->rest, secret, err);
	}
	return err_set(err, ERR_BUG, "token source %d", source->scheme);
}

/* ---- what it yielded ---- */

static int
take_bare(struct span text, struct token *token, struct err *err)
{
	if (text.len == 0)
		return err_set(err, ERR_ACCESS, "the token is empty");
	if (text.len >= sizeof(token->text))
		return err_set(err, ERR_ACCESS, "the token is longer than %d bytes",
		    TOKEN_BYTES - 1);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 0x21 || text.ptr[i] > 0x7e)
			return err_set(err, ERR_ACCESS,
			    "byte %zu of the token is a blank or no ASCII: nothing but the token "
			    "(or JSON with access_token) may stand there",
			    i + 1);
	span_copy(token->text, sizeof(token->text), text);
	return 0;
}

/* A number of seconds in milliseconds; -1: absent, negative, absurd. */
static int64_t
seconds(struct json root, const char *name)
{
	const int64_t most_s = INT64_C(1) << 40; /* sums of two do not overflow */
	int64_t s;

	if (json_i64(json_member(root, name), &s) || s < 0 || s > most_s)
		return -1;
	return s * 1000;
}

/* What can be in a form and in our file again: anything else is as good as absent. */
static void
take_member(struct json root, const char *name, char *to, size_t to_bytes)
{
	struct span text;

	to[0] = '\0';
	if (json_text(json_member(root, name), &text) || text.len >= to_bytes)
		return;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 0x21 || text.ptr[i] > 0x7e)
			return;
	span_copy(to, to_bytes, text);
}

static int
take_json(struct span text, bool is_file, struct token *token, struct err *err)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span access;
	struct json root;

	if (json_parse(&doc, text, JSON_DEPTH, err)) {
		if (err && err->kind != ERR_IO) /* no memory */
			err->kind = ERR_ACCESS;
		return err_within(err, "the token looks like JSON");
	}
	root = json_root(&doc);
	if (json_text(json_member(root, "access_token"), &access))
		return err_set(err, ERR_ACCESS, "the token's JSON has no text access_token");
	if (take_bare(access, token, err))
		return err_within(err, "access_token");
	take_member(root, "refresh_token", token->refresh, sizeof(token->refresh));
	take_member(root, "previous_refresh_token", token->older, sizeof(token->older));
	take_member(root, "client_id", token->client_id, sizeof(token->client_id));
	take_member(root, "client_secret", token->client_secret, sizeof(token->client_secret));
	token->created_ms = seconds(root, "created_at");
	token->life_ms = seconds(root, "expires_in");
	if (token->created_ms >= 0 && token->life_ms >= 0)
		token->expires_ms = token->created_ms + token->life_ms;
	token->is_refreshable = is_file && token->refresh[0] && token->client_id[0] &&
				token->client_secret[0];
	return 0;
}

static struct span
without_line_ends(struct span text)
{
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	return text;
}

int
token_take_text(struct span text, bool is_file, struct token *token, struct err *err)
{
	SCOPED(token) read = TOKEN_INIT;
	int failed;

	if (text.len > TOKEN_SOURCE_BYTES)
		return err_set(err, ERR_ACCESS, "more than %d bytes, which is no token",
		    TOKEN_SOURCE_BYTES);
	text = without_line_ends(text);
	if (span_starts(span_trim(text), "{"))
		failed = take_json(text, is_file, &read, err);
	else
		failed = take_bare(text, &read, err);
	if (failed)
		return -1;
	*token = read;
	return 0;
}

/* Names the source; the job file's own word for it holds no secret. */
static int
err_in_source(const struct token_source *source, struct err *err)
{
	static const char *const names[] = { [TOKEN_FILE] = "token file",
					     [TOKEN_ENV] = "environment variable",
					     [TOKEN_COMMAND] = "the output of the command",
					     [TOKEN_CREDENTIAL] = "credential" };

	return err_within(err, "%s %s", names[source->scheme], source->rest);
}

int
token_take(const struct token_source *source, struct span text, struct token *token,
    struct err *err)
{
	if (token_take_text(text, source->scheme == TOKEN_FILE, token, err))
		return err_in_source(source, err);
	return 0;
}

int
token_read(const struct token_source *source, struct token *token, struct err *err)
{
	SCOPED(secret) secret = { .len = 0 };

	if (read_source(source, &secret, err))
		return -1;
	return token_take(source, (struct span){ secret.bytes, secret.len }, token, err);
}

int64_t
token_refresh_wait_ms(const struct token *token, int64_t wall_ms)
{
	int64_t most_ms = token->life_ms / 5 * 4;
	int64_t wait_ms;

	if (!token->is_refreshable || token->life_ms <= 0)
		return -1;
	if (token->created_ms < 0)
		return most_ms;
	wait_ms = token->created_ms + most_ms - wall_ms;
	if (wait_ms < 0)
		return 0;
	return wait_ms < most_ms ? wait_ms : most_ms;
}

void
token_done(struct token *token)
{
	explicit_bzero(token, sizeof(*token));
	token->created_ms = token->life_ms = token->expires_ms = -1;
}
