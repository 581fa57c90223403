#include "platform.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/cli/confinement.h"
#include "runner/cli/globs.h"
#include "runner/files/folder.h"
#include "runner/source/wildcard.h"
#include "runner/sys/confine.h"

/* What libraries open for themselves. No secrets of users lie here; those of root in /etc are
 * protected from everybody but root, and no load needs to be run by root. */
static const char *const system_paths[] = {
	"/etc",       /* resolv.conf, hosts, nsswitch.conf, services, ssl, localtime */
	"/usr",       /* modules of name service and iconv, certificates, locales, time zones */
	"/lib", "/lib32", "/lib64", /* where they are not links into /usr */
	"/nix/store", "/gnu/store", /* the same on NixOS and Guix */
	"/dev/urandom", "/dev/random",
	"/proc/self", /* a sanitizer's report, stack guards */
	"/sys/devices/system/cpu", /* how many processors there are */
};

/* The folder that a path lies in: files beside it come and go by rename. */
static void
parent_of(const char *path, char to[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(to, PATH_MAX, ".");
	else if (slash == path)
		snprintf(to, PATH_MAX, "/");
	else
		snprintf(to, PATH_MAX, "%.*s", (int)(slash - path), path);
}

/* /etc/resolv.conf is often a link into /run, to a file that is written anew with every network. */
static void
allow_resolver(struct confine *confine)
{
	char file[PATH_MAX], folder[PATH_MAX];

	if (!realpath("/etc/resolv.conf", file))
		return;
	parent_of(file, folder);
	confine_allow(confine, strcmp(folder, "/run") == 0 ? file : folder, CONFINE_READ);
}

static void
allow_system(struct confine *confine)
{
	for (size_t i = 0; i < ARRAY_COUNT(system_paths); i++)
		confine_allow(confine, system_paths[i], CONFINE_READ);
	confine_allow(confine, "/dev/null", CONFINE_WRITE);
	allow_resolver(confine);
	tzset(); /* TZ may name a file anywhere */
}

/* Of a pattern the folder: which files it means stands in the plan, and they may come and go. */
static void
allow_input(struct confine *confine, const struct settings_path *pattern)
{
	char folder[PATH_MAX];

	confine_allow(confine, pattern->path, CONFINE_READ);
	if (!wildcard_is_pattern(pattern->path))
		return;
	globs_folder(pattern, folder);
	confine_allow(confine, folder, CONFINE_READ);
}

/* Of the job file its folder, as it may be replaced by an editor; of inputs the files alone. Reports are
 * compared by `verify`. */
static void
allow_job(struct confine *confine, const struct settings *settings)
{
	confine_allow(confine, settings->folder, CONFINE_READ);
	if (settings->report.dir.path[0])
		confine_allow(confine, settings->report.dir.path, CONFINE_READ);
	for (size_t i = 0; i < settings->source_count; i++) {
		const struct settings_source *source = &settings->sources[i];

		for (size_t j = 0; j < source->pattern_count; j++)
			allow_input(confine, &source->patterns[j]);
	}
}

/* A token file is renewed beside itself: temporary file, rename, and a lock. */
static void
allow_nation(struct confine *confine, const struct settings_nation *nation)
{
	char folder[PATH_MAX];
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");

	if (nation->ca_file.path[0])
		confine_allow(confine, nation->ca_file.path, CONFINE_READ);
	if (nation->token.scheme == SETTINGS_TOKEN_CREDENTIAL && credentials)
		confine_allow(confine, credentials, CONFINE_READ);
	if (nation->token.scheme != SETTINGS_TOKEN_FILE)
		return;
	parent_of(nation->token.rest, folder);
	confine_allow(confine, folder, CONFINE_WRITE);
}

/* Of a load that comes to nothing the folders go, too. */
static void
allow_state(struct confine *confine, const struct session *session)
{
	char parent[PATH_MAX];

	parent_of(session->folder, parent);
	confine_allow(confine, session->folder, CONFINE_WRITE);
	confine_allow(confine, parent, CONFINE_REMOVE_FOLDERS);
}

/* What keeps the folder from being made is told by the one who writes the reports. */
static void
allow_reports(struct confine *confine, struct session *session)
{
	const char *folder = session->settings.report.dir.path;
	char parent[PATH_MAX];
	bool is_new = false;

	if (!folder[0])
		return;
	folder_make(folder, &is_new, NULL);
	session->has_made_reports |= is_new;
	confine_allow(confine, folder, CONFINE_WRITE);
	if (!session->has_made_reports)
		return;
	parent_of(folder, parent);
	confine_allow(confine, parent, CONFINE_REMOVE_FOLDERS);
}

static bool
is_off(void)
{
	const char *wish = getenv("ROLLCALL_CONFINE");

	return wish && strcmp(wish, "off") == 0;
}

/* A file that a person named: written beside, then renamed. */
static void
allow_output(struct confine *confine, const struct session *session)
{
	char folder[PATH_MAX];

	if (!session->output)
		return;
	parent_of(session->output, folder);
	confine_allow(confine, folder, CONFINE_WRITE);
}

int
confinement_enter(struct session *session, unsigned grants, struct err *err)
{
	SCOPED(confine) confine = { .ruleset = -1 };

	if (is_off())
		return 0;
	confine_init(&confine, CONFINE_ANY_ABI, !(grants & CONFINEMENT_NATION));
	allow_system(&confine);
	allow_job(&confine, &session->settings);
	allow_output(&confine, session);
	if (grants & CONFINEMENT_STATE)
		allow_state(&confine, session);
	if (grants & CONFINEMENT_REPORTS)
		allow_reports(&confine, session);
	if (grants & CONFINEMENT_NATION)
		allow_nation(&confine, &session->settings.nation);
	return confine_enter(&confine, &session->confined_abi, err);
}

int
confinement_enter_tree(const char *folder, struct err *err)
{
	SCOPED(confine) confine = { .ruleset = -1 };
	unsigned abi;

	if (is_off())
		return 0;
	confine_init(&confine, CONFINE_ANY_ABI, true);
	confine_allow(&confine, "/", CONFINE_READ);
	confine_allow(&confine, folder, CONFINE_WRITE);
	return confine_enter(&confine, &abi, err);
}

void
confinement_withdraw(const struct session *session)
{
	if (session->has_made_reports)
		rmdir(session->settings.report.dir.path);
}
