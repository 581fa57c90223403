/* tls_front.c - TLS before a server of this computer, for shell tests: tls_front PORT CERTIFICATE
 *
 * Writes the certificate that it made to the file, prints READY https://127.0.0.1:PORT and goes on
 * until it is ended. */
#include "platform.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/proxy.h"

int
main(int argc, char **argv)
{
	struct proxy *front;

	if (argc != 3)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	front = proxy_start((unsigned)strtoul(argv[1], NULL, 10), tls_new(argv[2]));
	printf("READY https://127.0.0.1:%u\n", proxy_port(front));
	fflush(stdout);
	for (;;)
		pause();
}
