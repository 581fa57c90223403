#include "platform.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/bench.h"

static struct now
real_now(void *ctx)
{
	struct timespec wall, mono;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &mono);
	return (struct now){
		.wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000,
		.mono_ms = (int64_t)mono.tv_sec * 1000 + mono.tv_nsec / 1000000,
	};
}

struct client_options
bench_options(void)
{
	static const char *const source_names[] = { "people" };

	return (struct client_options){
		.source_names = source_names,
		.source_count = 1,
		.connect_ms = BENCH_PATIENCE_MS,
		.stall_ms = BENCH_PATIENCE_MS,
		.answer_ms = BENCH_PATIENCE_MS,
		.get_ms = BENCH_PATIENCE_MS,
		.clock = { NULL, real_now },
	};
}

void
bench_open(struct bench *bench, const struct client_options *options)
{
	struct client_options own = *options;

	if (!bench->folder[0]) {
		strcpy(bench->folder, "wire-XXXXXX");
		assert_non_null(mkdtemp(bench->folder));
		bench->folder_fd = open(bench->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(bench->folder_fd >= 0);
	}
	own.folder_fd = bench->folder_fd;
	assert_int_equal(client_open(&own, &bench->client, &bench->err), 0);
	bench->port = client_port(bench->client);
}

void
bench_close_client(struct bench *bench)
{
	client_close(bench->client);
	bench->client = NULL;
}

void
bench_done(struct bench *bench)
{
	bench_close_client(bench);
	unlinkat(bench->folder_fd, "answers/people-3.failed.csv", 0);
	unlinkat(bench->folder_fd, "answers", AT_REMOVEDIR);
	close(bench->folder_fd);
	assert_int_equal(rmdir(bench->folder), 0); /* nothing else may be left in it */
}

static int
read_body(struct body *body, char *to, size_t most, size_t *got, struct err *err)
{
	struct bench_body *bench = (struct bench_body *)body;
	uint64_t left = bench->ends_at - bench->at;
	size_t len = most < left ? most : (size_t)left;

	if (bench->at >= bench->fails_at)
		return err_set(err, ERR_INPUT, "nc.txt changed\033[31m since the plan was made");
	for (size_t i = 0; i < len; i++)
		to[i] = bench->text.ptr[(bench->at + i) % bench->text.len];
	bench->at += len;
	*got = len;
	return 0;
}

static void
sha256_of_body(const struct body *body, struct digest *digest)
{
	(void)body;
	memset(digest, 0x5A, sizeof(*digest));
}

static void
close_body(struct body *body)
{
	++*((struct bench_body *)body)->closed_count;
	free(body);
}

struct bench_body *
bench_new_body(struct bench *bench, struct span text, uint64_t bytes)
{
	struct bench_body *body = calloc(1, sizeof(*body));

	assert_non_null(body);
	*body = (struct bench_body){
		.body = { bytes, read_body, sha256_of_body, close_body },
		.text = text,
		.fails_at = UINT64_MAX,
		.ends_at = bytes,
		.closed_count = &bench->closed_count,
	};
	return body;
}

void
bench_submit(struct bench *bench, struct bench_body *body)
{
	assert_int_equal(bench->port.submit(bench->port.ctx, 7, 0, &body->body, &bench->err), 0);
}

const struct reply *
bench_hear(struct bench *bench)
{
	size_t count = 0;

	assert_int_equal(bench->port.wait(bench->port.ctx, BENCH_PATIENCE_MS, &bench->reply, 1,
			     &count, &bench->err),
	    0);
	assert_int_equal(count, 1);
	return &bench->reply;
}
