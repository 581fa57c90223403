#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <lmdb.h>

#include "store/env.h"
#include "runner/files/folder.h"

/* What one POST may cost until its chunk is done: some commits of a few pages each. */
enum { RESERVE_BYTES = 1 << 20 };

/* Processes that read at a time: status --watch, log, report. LMDB's default; a slot is 64 bytes. */
enum { READERS_MOST = 126 };

/* Where locks or a shared map may not be what they are on a local disk; numbers of statfs(2). FUSE is
 * let through: it is mostly local (containers, NTFS). */
static const struct {
	uint32_t type;
	const char *name;
} remote[] = {
	{ 0x6969, "NFS" },          { 0x517B, "SMB" },       { 0xFE534D42, "SMB" },
	{ 0xFF534D42, "CIFS" },     { 0x564C, "NCP" },       { 0x01021997, "9p" },
	{ 0x5346414F, "AFS" },      { 0x6B414653, "AFS" },   { 0x73757245, "Coda" },
	{ 0x00C36400, "Ceph" },     { 0x0BD00BD0, "Lustre" }, { 0x47504653, "GPFS" },
	{ 0x19830326, "BeeGFS" },   { 0xAAD7AAEA, "PanFS" }, { 0x013111A8, "IBRIX" },
	{ 0x7461636F, "OCFS2" },    { 0x01161970, "GFS2" },
};

static int
check_file_system(const char *folder, struct err *err)
{
	struct statfs fs;

	if (statfs(folder, &fs))
		return err_system(err, ERR_INPUT, errno, "%s", folder);
	for (size_t i = 0; i < ARRAY_COUNT(remote); i++) {
		if ((uint32_t)fs.f_type != remote[i].type)
			continue;
		return err_set(err, ERR_INPUT,
		    "%s is on a network file system (%s), where the job database is not safe\n"
		    "  Choose a folder on a local disk: --state-dir DIR",
		    folder, remote[i].name);
	}
	return 0;
}

/* LMDB would make a new, empty store of a file that has lost its bytes. */
static int
check_not_empty(const char *folder, struct err *err)
{
	char *path = folder_path(folder, "data.mdb");
	struct stat st;
	int rc = path ? stat(path, &st) : 0;
	int saved = errno;

	free(path);
	if (!path)
		return err_memory(err);
	if (rc)
		return err_system(err, ERR_INPUT, saved, "%s/data.mdb", folder);
	if (st.st_size == 0)
		return err_set(err, ERR_IO, "%s is damaged: data.mdb has no bytes", folder);
	return 0;
}

static int
check_length(const struct env *env, struct err *err)
{
	MDB_envinfo info;
	MDB_stat stat_;
	struct stat st;
	uint64_t needs;
	int fd;

	if (mdb_env_info(env->handle, &info) || mdb_env_stat(env->handle, &stat_) ||
	    mdb_env_get_fd(env->handle, &fd))
		return err_set(err, ERR_IO, "%s is damaged: no meta page", env->folder);
	if (fstat(fd, &st))
		return err_system(err, ERR_IO, errno, "%s", env->folder);
	needs = ((uint64_t)info.me_last_pgno + 1) * stat_.ms_psize;
	if ((uint64_t)st.st_size >= needs)
		return 0;
	return err_set(err, ERR_IO,
	    "%s is damaged: data.mdb has %" PRIu64 " bytes, its pages need %" PRIu64, env->folder,
	    (uint64_t)st.st_size, needs);
}

/* LMDB opens data.mdb without it, and its descriptor is writable. */
static int
close_on_exec(const struct env *env, struct err *err)
{
	int fd, flags;

	mdb_env_get_fd(env->handle, &fd);
	flags = fcntl(fd, F_GETFD);
	if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC))
		return err_system(err, ERR_IO, errno, "%s", env->folder);
	return 0;
}

static int
open_databases(struct env *env, const struct env_options *options, struct err *err)
{
	bool creates = options->mode == ENV_CREATE;
	unsigned create = creates ? MDB_CREATE : 0;
	MDB_txn *txn;
	int code = mdb_txn_begin(env->handle, NULL, creates ? 0 : MDB_RDONLY, &txn);

	if (code)
		return env_error(env, code, "opening", err);
	for (size_t i = 0; code == 0 && i < options->database_count; i++)
		code = mdb_dbi_open(txn, options->databases[i], create, &env->databases[i]);
	if (code)
		mdb_txn_abort(txn);
	else
		code = mdb_txn_commit(txn); /* frees the txn also when it fails */
	if (code == MDB_NOTFOUND)
		return err_set(err, ERR_IO, "%s is damaged: a database is missing", env->folder);
	return code ? env_error(env, code, "opening", err) : 0;
}

static int
open_handle(struct env *env, const struct env_options *options, struct err *err)
{
	/* NOTLS: read transactions belong to their object, not to the thread. */
	unsigned flags = MDB_NOTLS | (options->mode == ENV_READ ? MDB_RDONLY : 0);
	uint64_t map_bytes = options->map_bytes;
	int code = mdb_env_create(&env->handle);

	if (code)
		return env_error(env, code, "opening", err);
	if (map_bytes == 0 && options->mode == ENV_CREATE)
		map_bytes = ENV_MAP_BYTES;
	if (map_bytes)
		code = mdb_env_set_mapsize(env->handle, (size_t)map_bytes);
	if (!code)
		code = mdb_env_set_maxdbs(env->handle, (MDB_dbi)options->database_count);
	if (!code)
		code = mdb_env_set_maxreaders(env->handle, READERS_MOST);
	if (!code)
		code = mdb_env_open(env->handle, options->folder, flags, 0600);
	if (code == ENOMEM)
		return err_set(err, ERR_IO,
		    "%s: its file cannot be mapped: %s\n"
		    "  Is there a limit on address space (ulimit -v)?",
		    env->folder, mdb_strerror(code));
	return code ? env_error(env, code, "opening", err) : 0;
}

int
env_open(struct env *env, const struct env_options *options, struct err *err)
{
	int stale;

	assert(options->database_count <= ENV_DATABASES_MOST);
	*env = (struct env)ENV_NONE;
	if (check_file_system(options->folder, err))
		return -1;
	if (options->mode != ENV_CREATE && check_not_empty(options->folder, err))
		return -1;
	env->folder = strdup(options->folder);
	if (!env->folder)
		return err_memory(err);
	env->database_count = options->database_count;
	if (open_handle(env, options, err) || close_on_exec(env, err) || check_length(env, err) ||
	    open_databases(env, options, err)) {
		env_close(env);
		return -1;
	}
	/* Slots of readers that were killed keep old pages from being used again. */
	if (options->mode != ENV_READ)
		mdb_reader_check(env->handle, &stale);
	return 0;
}

void
env_close(struct env *env)
{
	assert(env->open_txns == 0);
	if (env->handle)
		mdb_env_close(env->handle);
	free(env->folder);
	*env = (struct env)ENV_NONE;
}

uint64_t
env_map_bytes(const struct env *env)
{
	MDB_envinfo info;

	return mdb_env_info(env->handle, &info) ? 0 : info.me_mapsize;
}

/* When the new map cannot be had, LMDB has already given up the old one. */
static int
set_map(struct env *env, size_t bytes)
{
	int code;

	assert(env->open_txns == 0); /* LMDB does not check, and the rest would be undefined */
	code = mdb_env_set_mapsize(env->handle, bytes);
	env->is_broken = code != 0;
	return code;
}

int
env_grow(struct env *env, struct err *err)
{
	uint64_t bytes = env_map_bytes(env);
	int code = bytes > SIZE_MAX / 2 ? ENOMEM : set_map(env, (size_t)bytes * 2);

	if (code == 0)
		return 0;
	return err_set(err, ERR_IO,
	    "%s: cannot map %" PRIu64 " bytes: %s\n  Is there a limit on address space (ulimit -v)?",
	    env->folder, bytes * 2, mdb_strerror(code));
}

int
env_follow(struct env *env)
{
	return set_map(env, 0);
}

int
env_reserve(struct env *env, struct err *err)
{
	struct stat st;
	int fd, rc;

	mdb_env_get_fd(env->handle, &fd);
	if (fstat(fd, &st))
		return env_error(env, errno, "reserving space", err);
	do
		rc = fallocate(fd, FALLOC_FL_KEEP_SIZE, st.st_size, RESERVE_BYTES);
	while (rc && errno == EINTR);
	if (rc && errno != EOPNOTSUPP && errno != ENOSYS)
		return env_error(env, errno, "reserving space", err);
	return 0;
}

int
env_fd(const struct env *env)
{
	int fd = -1;

	mdb_env_get_fd(env->handle, &fd);
	return fd;
}

int
env_sync(struct env *env, struct err *err)
{
	int fd, code;

	mdb_env_get_fd(env->handle, &fd);
	code = folder_fsync(fd);
	if (code)
		return env_error(env, code, "flushing", err);
	return folder_sync(env->folder, err);
}

/* A write that meets `ulimit -f` shows as EIO too. */
static bool
is_at_file_limit(const struct env *env)
{
	struct rlimit limit;
	struct stat st;
	int fd = -1;

	mdb_env_get_fd(env->handle, &fd);
	return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	       fstat(fd, &st) == 0 && (uint64_t)st.st_size + RESERVE_BYTES > limit.rlim_cur;
}

int
env_error(const struct env *env, int code, const char *doing, struct err *err)
{
	if (code == ENOMEM)
		return err_memory(err);
	if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID ||
	    code == MDB_VERSION_MISMATCH || code == MDB_BAD_TXN || code == MDB_INCOMPATIBLE)
		return err_set(err, ERR_IO, "%s is damaged: %s", env->folder, mdb_strerror(code));
	if ((code == EIO || code == EFBIG) && is_at_file_limit(env))
		return err_set(err, ERR_IO, "%s: its file may not grow any more (ulimit -f)",
		    env->folder);
	if (code == EIO || code == ENOSPC)
		return folder_write_error(env->folder, code, err);
	return err_set(err, ERR_IO, "%s: %s: %s", env->folder, doing, mdb_strerror(code));
}
