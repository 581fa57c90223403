#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/err.h"

int
err_vset(struct err *err, enum err_kind kind, const char *format, va_list args)
{
	if (!err)
		return -1;
	err->kind = kind;
	vsnprintf(err->text, sizeof(err->text), format, args);
	return -1;
}

int
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_vset(err, kind, format, args);
	va_end(args);
	return -1;
}

int
err_system(struct err *err, enum err_kind kind, int saved_errno, const char *format, ...)
{
	va_list args;
	size_t used;

	if (!err)
		return -1;
	va_start(args, format);
	err_vset(err, kind, format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerror(saved_errno));
	return -1;
}

int
err_memory(struct err *err)
{
	return err_set(err, ERR_IO, "out of memory");
}

int
err_within(struct err *err, const char *format, ...)
{
	char inner[ERR_TEXT_BYTES];
	va_list args;
	size_t used, inner_len;

	if (!err)
		return -1;
	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	used = strlen(err->text);
	/* A cut text is wanted here: the outermost words matter most. */
	if (used + 2 < sizeof(err->text)) {
		memcpy(err->text + used, ": ", 3);
		used += 2;
		inner_len = strnlen(inner, sizeof(err->text) - used - 1);
		memcpy(err->text + used, inner, inner_len);
		err->text[used + inner_len] = '\0';
	}
	return -1;
}
