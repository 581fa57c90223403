/* shim.c - stands between a program and its kernel, by LD_PRELOAD; see shim.h.
 *
 * A seccomp filter turns each system call into SIGSYS, but for those of shim_raw below; the handler
 * counts, does what was ordered, makes the call itself and puts the result where the kernel would
 * have. So nothing passes by unseen, not what the C library does inside fclose() or opendir() either,
 * which interposed functions would miss, and it costs microseconds, where ptrace costs two switches
 * between processes. x86-64 only: elsewhere the page keeps main_pid 0, and the tests skip.
 *
 * The handler runs anywhere, inside malloc() too: it calls shim_raw and nothing else that could enter the
 * kernel or the heap. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/crash/shim.h"

static struct shim_page *page;

/* ---- memory */

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *old, size_t bytes);
void __assert_fail(const char *claim, const char *file, unsigned line, const char *function)
    __attribute__((noreturn));

static int
has_no_memory(void)
{
	uint32_t number;

	if (!page)
		return 0;
	number = __atomic_add_fetch(&page->allocations, 1, __ATOMIC_RELAXED);
	if (page->memory_nth == 0 || number < page->memory_nth ||
	    (number > page->memory_nth && !page->memory_is_for_ever))
		return 0;
	__atomic_add_fetch(&page->hits, 1, __ATOMIC_RELAXED);
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t bytes)
{
	return has_no_memory() ? NULL : __libc_malloc(bytes);
}

void *
calloc(size_t count, size_t bytes)
{
	return has_no_memory() ? NULL : __libc_calloc(count, bytes);
}

void *
realloc(void *old, size_t bytes)
{
	return has_no_memory() ? NULL : __libc_realloc(old, bytes);
}

/* The C library's own finds no memory for its words and says "Unexpected error." only. This one is called by
 * everybody but the C library itself, so that those words mean one of its own assertions. */
void
__assert_fail(const char *claim, const char *file, unsigned line, const char *function)
{
	const char *said[] = { file, ": ", function, ": not so: ", claim, "\n" };

	(void)line;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (write(STDERR_FILENO, said[i], strlen(said[i])) < 0)
			break;
	abort();
}

#if defined __x86_64__ && defined __linux__

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>

/* ---- the one place that enters the kernel */

long shim_raw(long nr, long a, long b, long c, long d, long e, long f);
extern const char shim_raw_end[];

__asm__(".text\n"
	".type shim_raw, @function\n"
	".hidden shim_raw\n.globl shim_raw\n.hidden shim_raw_end\n.globl shim_raw_end\n"
	"shim_raw:\n"
	"	endbr64\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"shim_raw_end:\n"
	"	ret\n"
	".size shim_raw, . - shim_raw\n");

struct call {
	long nr;
	long args[6];
};

static long
make(const struct call *call)
{
	const long *args = call->args;

	return shim_raw(call->nr, args[0], args[1], args[2], args[3], args[4], args[5]);
}

static long
raw(long nr, long a, long b, long c, long d)
{
	return shim_raw(nr, a, b, c, d, 0, 0);
}

/* ---- the record */

/* Opened at the beginning: later the program may have shut itself off from where they are (Landlock). */
static int record_fd = -1;
static int ballast_fd = -1;

enum { ASIDE = 900 }; /* they begin there, beyond any of the program's */

/* The process that looks at the store first closes all it was given; not what is ours. */
static long
close_range_of_its_own(const struct call *call)
{
	unsigned first = (unsigned)call->args[0], last = (unsigned)call->args[1];

	if (first >= ASIDE)
		return 0;
	return raw(SYS_close_range, first, last < ASIDE ? last : ASIDE - 1, call->args[2], 0);
}

/* Notes of several processes may not mix, so each is one write. */
static void
note(enum shim_note_type type, const char *path, const char *second, struct shim_note *rest,
    const struct iovec *data)
{
	struct iovec parts[4] = {
		{ rest, sizeof(*rest) },
		{ (void *)path, strlen(path) + 1 },
		{ (void *)second, strlen(second) + 1 },
		*data,
	};

	if (strncmp(path, page->root, strlen(page->root)) != 0)
		return;
	rest->type = type;
	rest->bytes = parts[1].iov_len + parts[2].iov_len + data->iov_len;
	raw(SYS_writev, record_fd, (long)parts, 4, 0);
}

static const struct iovec no_data;

static void
put_number(char *to, unsigned long number)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	memcpy(to, digits + at, sizeof(digits) - at);
	to[sizeof(digits) - at] = '\0';
}

static void
path_of_fd(long fd, char path[SHIM_PATH])
{
	char link[64] = "/proc/self/fd/";
	long len;

	put_number(link + strlen(link), (unsigned long)fd);
	len = raw(SYS_readlink, (long)link, (long)path, SHIM_PATH - 1, 0);
	path[len > 0 ? len : 0] = '\0';
}

/* NAME as openat and the like take it, made absolute. */
static void
path_of_name(long folder, const char *name, char path[SHIM_PATH])
{
	size_t len;

	path[0] = '\0';
	if (name[0] != '/') {
		if ((int)folder == AT_FDCWD)
			raw(SYS_getcwd, (long)path, SHIM_PATH, 0, 0);
		else
			path_of_fd(folder, path);
		strncat(path, "/", SHIM_PATH - strlen(path) - 1);
	}
	len = strlen(path);
	strncat(path, name, SHIM_PATH - len - 1);
}

static void
note_write(const struct call *call, long result)
{
	char path[SHIM_PATH];
	long flags = raw(SYS_fcntl, call->args[0], F_GETFL, 0, 0);
	struct shim_note rest = { .is_synced = (flags & O_DSYNC) != 0 };
	struct iovec one = { (void *)call->args[1], (size_t)result };
	const struct iovec *vectors = (const struct iovec *)call->args[1];

	path_of_fd(call->args[0], path);
	if (call->nr == SYS_pwrite64 || call->nr == SYS_pwritev)
		rest.offset = (uint64_t)call->args[3];
	else
		rest.offset =
		    (uint64_t)(raw(SYS_lseek, call->args[0], 0, SEEK_CUR, 0) - result);
	if (call->nr == SYS_write || call->nr == SYS_pwrite64) {
		note(SHIM_NOTE_WRITE, path, "", &rest, &one);
		return;
	}
	for (long i = 0; i < call->args[2] && result > 0; i++) {
		one = vectors[i];
		if ((long)one.iov_len > result)
			one.iov_len = (size_t)result;
		note(SHIM_NOTE_WRITE, path, "", &rest, &one);
		rest.offset += one.iov_len;
		result -= (long)one.iov_len;
	}
}

static void
note_file(const struct call *call, enum shim_note_type type)
{
	struct shim_note rest = { 0 };
	struct stat st;
	char path[SHIM_PATH];

	path_of_fd(call->args[0], path);
	if (type == SHIM_NOTE_SIZE) {
		if (raw(SYS_fstat, call->args[0], (long)&st, 0, 0))
			return;
		rest.offset = (uint64_t)st.st_size;
	}
	note(type, path, "", &rest, &no_data);
}

static void
note_name(enum shim_note_type type, long folder, long name, long second_folder, long second)
{
	struct shim_note rest = { 0 };
	char path[SHIM_PATH], second_path[SHIM_PATH] = "";

	path_of_name(folder, (const char *)name, path);
	if (second)
		path_of_name(second_folder, (const char *)second, second_path);
	note(type, path, second_path, &rest, &no_data);
}

static void
note_open(long fd, long flags)
{
	struct shim_note rest = { .offset = (flags & O_TRUNC) != 0 };
	char path[SHIM_PATH];

	if (!(flags & (O_CREAT | O_TRUNC)))
		return;
	path_of_fd(fd, path);
	note(SHIM_NOTE_OPEN, path, "", &rest, &no_data);
}

static void
record(const struct call *call, long result)
{
	const long *args = call->args;

	if (record_fd < 0 || result < 0)
		return;
	switch (call->nr) {
	case SYS_open:
		note_open(result, args[1]);
		break;
	case SYS_openat:
		note_open(result, args[2]);
		break;
	case SYS_write:
	case SYS_writev:
	case SYS_pwrite64:
	case SYS_pwritev:
		note_write(call, result);
		break;
	case SYS_ftruncate:
	case SYS_fallocate:
		note_file(call, SHIM_NOTE_SIZE);
		break;
	case SYS_fsync:
	case SYS_fdatasync:
		note_file(call, SHIM_NOTE_SYNC);
		break;
	case SYS_rename:
		note_name(SHIM_NOTE_RENAME, AT_FDCWD, args[0], AT_FDCWD, args[1]);
		break;
	case SYS_renameat:
	case SYS_renameat2:
		note_name(SHIM_NOTE_RENAME, args[0], args[1], args[2], args[3]);
		break;
	case SYS_unlink:
		note_name(SHIM_NOTE_UNLINK, AT_FDCWD, args[0], 0, 0);
		break;
	case SYS_unlinkat:
		note_name(args[2] & AT_REMOVEDIR ? SHIM_NOTE_RMDIR : SHIM_NOTE_UNLINK, args[0],
		    args[1], 0, 0);
		break;
	case SYS_mkdir:
		note_name(SHIM_NOTE_MKDIR, AT_FDCWD, args[0], 0, 0);
		break;
	case SYS_mkdirat:
		note_name(SHIM_NOTE_MKDIR, args[0], args[1], 0, 0);
		break;
	case SYS_rmdir:
		note_name(SHIM_NOTE_RMDIR, AT_FDCWD, args[0], 0, 0);
		break;
	default:
		break;
	}
}

/* ---- orders */

/* Counts the call. Is it the one? */
static int
count(long nr, int is_child)
{
	uint32_t kind = (uint32_t)nr;
	uint32_t number, of_kind;

	if (kind >= SHIM_KINDS)
		return 0;
	number = __atomic_add_fetch(&page->calls, 1, __ATOMIC_RELAXED);
	of_kind = __atomic_add_fetch(&page->kinds[kind], 1, __ATOMIC_RELAXED);
	if (number <= SHIM_LOG_MOST)
		page->log[number - 1] =
		    (struct shim_call){ (uint16_t)kind, (uint16_t)is_child };
	if (page->kind != SHIM_ANY) {
		if (kind != page->kind)
			return 0;
		number = of_kind;
	}
	if (page->nth == 0 || number < page->nth || (number > page->nth && !page->is_for_ever))
		return 0;
	if (__atomic_add_fetch(&page->hits, 1, __ATOMIC_RELAXED) == 1) {
		page->hit_kind = kind;
		page->hit_is_child = (uint32_t)is_child;
	}
	return 1;
}

static long
shorten(const struct call *call)
{
	const struct iovec *vectors = (const struct iovec *)call->args[1];
	struct call less = *call;
	long result;

	switch (call->nr) {
	case SYS_write:
	case SYS_pwrite64:
	case SYS_sendto:
		less.args[2] = (call->args[2] + 1) / 2;
		break;
	case SYS_writev:
		less.nr = SYS_write;
		less.args[1] = (long)vectors[0].iov_base;
		less.args[2] = (long)(vectors[0].iov_len + 1) / 2;
		break;
	default:
		break;
	}
	result = make(&less);
	record(&less, result);
	return result;
}

/* Down to the last page. */
static void
fill(void)
{
	static const char zeros[4096];
	long fd = ballast_fd;
	long at = raw(SYS_lseek, fd, 0, SEEK_END, 0);

	if (at < 0)
		page->main_pid = 0; /* the test will see that this shim is of no use */
	for (long step = 1 << 24; step >= 4096;) {
		if (raw(SYS_fallocate, fd, 0, at, step) == 0)
			at += step;
		else
			step /= 2;
	}
	while (raw(SYS_write, fd, (long)zeros, sizeof(zeros), 0) > 0)
		continue;
}

/* EXT4_IOC_SHUTDOWN and EXT4_GOING_FLAGS_NOLOGFLUSH, which no header of user space has. */
static void
shut(void)
{
	uint32_t without_flush = 2;

	if (raw(SYS_ioctl, ballast_fd, _IOR('X', 125, uint32_t), (long)&without_flush, 0))
		page->main_pid = 0; /* the test will see that this shim is of no use */
}

static long
obey(struct call *call)
{
	switch ((enum shim_act)page->act) {
	case SHIM_KILL:
		raw(SYS_kill, raw(SYS_getpid, 0, 0, 0, 0), SIGKILL, 0, 0);
		break;
	case SHIM_FAIL:
		return -page->error;
	case SHIM_SHORTEN:
		return shorten(call);
	case SHIM_LIE:
		if (call->nr != SYS_openat) {
			call->nr = -1; /* nor is it recorded */
			return 0;
		}
		call->args[2] &= ~(long)O_DSYNC;
		break;
	case SHIM_FILL:
		fill();
		break;
	case SHIM_SHUT:
		shut();
		break;
	case SHIM_WATCH:
		break;
	}
	return make(call);
}

/* ---- the trap */

/* Our signal must get through, whatever the program blocks. */
static long
change_mask(const struct call *call)
{
	struct call ours = *call;
	unsigned long mask;

	if (call->args[1]) {
		memcpy(&mask, (const void *)call->args[1], sizeof(mask));
		mask &= ~(1UL << (SIGSYS - 1));
		ours.args[1] = (long)&mask;
	}
	return make(&ours);
}

static void
on_trap(int number, siginfo_t *info, void *context)
{
	ucontext_t *where = context;
	greg_t *regs = where->uc_mcontext.gregs;
	struct call call = { regs[REG_RAX],
		{ regs[REG_RDI], regs[REG_RSI], regs[REG_RDX], regs[REG_R10], regs[REG_R8],
		    regs[REG_R9] } };
	long result;

	(void)number;
	(void)info;
	if (count(call.nr, raw(SYS_getpid, 0, 0, 0, 0) != page->main_pid))
		result = obey(&call);
	else if (call.nr == SYS_rt_sigprocmask)
		result = change_mask(&call);
	else if (call.nr == SYS_rt_sigaction && call.args[0] == SIGSYS)
		result = 0;
	else if (call.nr == SYS_close_range)
		result = close_range_of_its_own(&call);
	else
		result = make(&call);
	if (page->act != SHIM_SHORTEN)
		record(&call, result);
	regs[REG_RAX] = result;
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define PASS BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define PASS_IF(value) IF((value), 0, 1), PASS

/* Not trapped: what returns to another place or stack than it was called from. */
static int
trap_all(void)
{
	uint64_t end = (uint64_t)(uintptr_t)shim_raw_end;
	struct sock_filter filter[] = {
		LOAD(arch),
		IF(AUDIT_ARCH_X86_64, 1, 0),
		PASS,
		LOAD(nr),
		PASS_IF(SYS_rt_sigreturn),
		PASS_IF(SYS_clone3),
		PASS_IF(SYS_vfork),
		PASS_IF(SYS_execve),
		PASS_IF(SYS_exit),
		PASS_IF(SYS_exit_group),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
		IF((uint32_t)end, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, instruction_pointer) + 4),
		IF((uint32_t)(end >> 32), 0, 1),
		PASS,
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* With a number that is out of the program's way. */
static int
open_aside(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int aside = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, ASIDE);

	if (fd >= 0)
		close(fd);
	return aside;
}

static int
start_trap(void)
{
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER };

	if (page->record[0])
		record_fd = open_aside(page->record, O_WRONLY | O_CREAT | O_APPEND);
	if (page->ballast[0])
		ballast_fd = open_aside(page->ballast, page->act == SHIM_SHUT ? O_RDONLY | O_DIRECTORY
									       : O_WRONLY | O_CREAT);
	return sigaction(SIGSYS, &action, NULL) || trap_all();
}

#else

static int
start_trap(void)
{
	return -1;
}

#endif

static void __attribute__((constructor))
begin(void)
{
	const char *path = getenv("ROLLCALL_SHIM");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0) {
		map = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	if (map == MAP_FAILED)
		return;
	page = map;
	page->main_pid = getpid();
	if (start_trap())
		page->main_pid = 0;
}
