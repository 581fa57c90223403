#include "platform.h"

#include <unistd.h>

#include "runner/cli/alone.h"
#include "runner/cli/ports.h"
#include "runner/sys/host.h"

int
alone_open(struct alone *alone, struct session *session, struct err *err)
{
	struct engine_options options = {
		.ports = &alone->ports,
		.person = alone->person,
		.host = alone->host,
		.pid = (uint32_t)getpid(),
	};

	*alone = (struct alone)ALONE_NONE;
	alone->ports = ports_without_nation(session);
	host_person(alone->person, sizeof(alone->person));
	host_name(alone->host, sizeof(alone->host));
	session_engine(session, &options);
	alone->engine = engine_new(&options, err);
	return !alone->engine || engine_load(alone->engine, err) ? -1 : 0;
}

void
alone_done(struct alone *alone)
{
	engine_free(alone->engine);
	alone->engine = NULL;
}
