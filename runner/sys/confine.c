#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/sys/confine.h"

/* The kernel's interface, as far as the headers that we are built with may not know it yet: the
 * kernel that we run on is another one. */
#define FS_REFER     (UINT64_C(1) << 13) /* ABI 2 */
#define FS_TRUNCATE  (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define NET_BIND_TCP    (UINT64_C(1) << 0) /* ABI 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_SOCKET (UINT64_C(1) << 0) /* ABI 6 */
#define SCOPE_SIGNAL          (UINT64_C(1) << 1)

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

#define FS_ABI_1 ((UINT64_C(1) << 13) - 1) /* from EXECUTE to MAKE_SYM */

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_CHANGE                                                                                  \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                         \
	    LANDLOCK_ACCESS_FS_MAKE_REG | FS_REFER | FS_TRUNCATE)

/* Of a rule for a file, the kernel takes no others. */
#define FS_OF_FILES                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                               \
	    LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

/* ---- what the kernel knows ---- */

static uint64_t
fs_of(unsigned abi)
{
	return FS_ABI_1 | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0) |
	       (abi >= 5 ? FS_IOCTL_DEV : 0);
}

/* Without Landlock, or with a filter that forbids its calls, any error may come: none says more than
 * that there is nothing to be had. */
static unsigned
kernel_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (unsigned)abi : 0;
}

void
confine_init(struct confine *confine, unsigned most_abi, bool denies_connections)
{
	unsigned abi = kernel_abi();
	struct ruleset ruleset = { 0 };

	*confine = (struct confine){ .ruleset = -1, .abi = abi < most_abi ? abi : most_abi };
	if (!confine->abi)
		return;
	ruleset.fs = fs_of(confine->abi);
	if (confine->abi >= 4)
		ruleset.net = NET_BIND_TCP | (denies_connections ? NET_CONNECT_TCP : 0);
	if (confine->abi >= 6)
		ruleset.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	/* An older kernel takes a larger structure if it is zero where it knows nothing. */
	confine->ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
	if (confine->ruleset < 0)
		confine->code = errno;
}

/* ---- rules ---- */

static uint64_t
fs_of_right(enum confine_right right)
{
	switch (right) {
	case CONFINE_READ:
		return FS_READ;
	case CONFINE_WRITE:
		return FS_READ | FS_CHANGE;
	case CONFINE_REMOVE_FOLDERS:
		return LANDLOCK_ACCESS_FS_REMOVE_DIR;
	}
	return 0;
}

/* Errors that mean that the program could not use the path either. */
static bool
is_no_path(int code)
{
	return code == ENOENT || code == ENOTDIR || code == EACCES || code == ELOOP ||
	       code == ENAMETOOLONG;
}

static int
add_rule(const struct confine *confine, int fd, enum confine_right right)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };
	struct stat facts;

	if (fstat(fd, &facts))
		return errno;
	rule.allowed_access = fs_of_right(right) & fs_of(confine->abi);
	if (!S_ISDIR(facts.st_mode))
		rule.allowed_access &= FS_OF_FILES;
	if (!rule.allowed_access)
		return 0;
	return syscall(SYS_landlock_add_rule, confine->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
		   0)
		   ? errno
		   : 0;
}

void
confine_allow(struct confine *confine, const char *path, enum confine_right right)
{
	int fd;

	if (confine->code || confine->ruleset < 0)
		return;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		confine->code = is_no_path(errno) ? 0 : errno;
		return;
	}
	confine->code = add_rule(confine, fd, right);
	close(fd);
}

int
confine_enter(struct confine *confine, unsigned *abi, struct err *err)
{
	if (!confine->code && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		confine->code = errno;
	if (!confine->code && confine->ruleset >= 0 &&
	    syscall(SYS_landlock_restrict_self, confine->ruleset, 0))
		confine->code = errno;
	if (confine->code)
		return err_system(err, ERR_IO, confine->code, "giving up rights (Landlock)");
	*abi = confine->abi;
	return 0;
}

void
confine_done(struct confine *confine)
{
	if (confine->ruleset >= 0)
		close(confine->ruleset);
	confine->ruleset = -1;
}
