#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/address.h"
#include "runner/base/scoped.h"

static void
a_nation_is_reached_by_https_anywhere_and_by_http_only_on_this_computer(void **state)
{
	static const char *const good[] = { "https://a.nationbuilder.com", "https://a.example:8443",
		"https://[2001:db8::1]:443", "http://localhost:1", "http://LOCALHOST",
		"http://127.0.0.1:65535", "http://127.255.0.9", "http://[::1]:8080" };
	static const char *const bad[] = { "http://a.example", "http://127.evil.example",
		"http://127.0.0.1.example", "http://127.0.0", "http://127.0.0.256",
		"http://127.0.0.1.1", "http://128.0.0.1", "http://localhost.example",
		"http://[::2]", "http://0.0.0.0", "http://127.0.0.0001" };
	struct address address;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		if (address_of_nation(span_of(good[i]), &address))
			fail_msg("%s", good[i]);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		const char *fault = address_of_nation(span_of(bad[i]), &address);

		if (!fault || !strstr(fault, "http would show the token"))
			fail_msg("%s: %s", bad[i], fault ? fault : "accepted");
	}
}

static void
an_address_is_a_scheme_a_host_and_a_port(void **state)
{
	static const char *const bad[] = { "", "a.example", "https:/a", "ftp://a", "HTTPS://a",
		"https://", "https://a/b", "https://a//", "https://a?b", "https://a#b",
		"https://ann@a", "https://ann:word@a", "https://a:", "https://a:0",
		"https://a:65536", "https://a:8x", "https://a b", "https://-a", "https://.a",
		"https://[::1", "https://[]", "https://[::1]8", "https://a\nb", "https://n\xC3\xBA" };
	struct address address = { SPAN_NONE, SPAN_NONE };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		if (!address_of_nation(span_of(bad[i]), &address))
			fail_msg("%s", bad[i]);
	}
	assert_null(address.base.ptr);
}

static void
one_slash_at_the_end_is_taken_off(void **state)
{
	struct address address;

	(void)state;
	assert_null(address_of_nation(span_of("https://a.example:8443/"), &address));
	assert_true(span_is(address.base, "https://a.example:8443"));
	assert_true(span_is(address.authority, "a.example:8443"));
}

static void
a_proxy_has_no_password_in_a_job_file(void **state)
{
	static const char *const good[] = { "http://proxy:3128", "https://proxy", "socks5://[::1]:1",
		"socks5h://127.0.0.1:1080/" };
	static const char *const bad[] = { "proxy:3128", "socks4://proxy", "http://ann:word@proxy",
		"http://proxy/path" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++)
		assert_null(address_of_proxy(span_of(good[i])));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_non_null(address_of_proxy(span_of(bad[i])));
}

static void
a_slug_is_one_label_of_a_host_name(void **state)
{
	static const char *const good[] = { "a", "our-campaign", "2026",
		"a12345678901234567890123456789012345678901234567890123456789012" };
	static const char *const bad[] = { "", "A", "our campaign", "our_campaign",
		"a.nationbuilder.com", "https://a", "-a", "a-", "n\xC3\xBA",
		"a123456789012345678901234567890123456789012345678901234567890123" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++)
		assert_null(address_slug(span_of(good[i])));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_non_null(address_slug(span_of(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_nation_is_reached_by_https_anywhere_and_by_http_only_on_this_computer),
		cmocka_unit_test(an_address_is_a_scheme_a_host_and_a_port),
		cmocka_unit_test(one_slash_at_the_end_is_taken_off),
		cmocka_unit_test(a_proxy_has_no_password_in_a_job_file),
		cmocka_unit_test(a_slug_is_one_label_of_a_host_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
