#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/wire/tls.h"

struct tls {
	SSL_CTX *context;
	EVP_PKEY *key;
	X509 *certificate;
};

/* The library's own struct under our name. */
static SSL *
ssl_of(struct tls_link *link)
{
	return (SSL *)(void *)link;
}

static void
add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *
new_certificate(EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -24 * 60 * 60L);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 60 * 60L);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"rollcall test",
	    -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	X509_set_pubkey(certificate, key);
	add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(certificate, NID_subject_alt_name, "IP:127.0.0.1,IP:127.77.2.1");
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	return certificate;
}

struct tls *
tls_new(const char *path)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	FILE *file = fopen(path, "w");

	assert_non_null(tls);
	assert_non_null(file);
	tls->key = EVP_EC_gen("P-256");
	assert_non_null(tls->key);
	tls->certificate = new_certificate(tls->key);
	assert_int_equal(PEM_write_X509(file, tls->certificate), 1);
	assert_int_equal(fclose(file), 0);
	tls->context = SSL_CTX_new(TLS_server_method());
	assert_non_null(tls->context);
	assert_int_equal(SSL_CTX_use_certificate(tls->context, tls->certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(tls->context, tls->key), 1);
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->context);
	X509_free(tls->certificate);
	EVP_PKEY_free(tls->key);
	free(tls);
}

struct tls_link *
tls_accept(struct tls *tls, int fd)
{
	SSL *ssl = SSL_new(tls->context);

	assert_non_null(ssl);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		return (struct tls_link *)(void *)ssl;
	SSL_free(ssl);
	return NULL;
}

static int
int_of(size_t len)
{
	return len > INT32_MAX ? INT32_MAX : (int)len;
}

ssize_t
tls_read(struct tls_link *link, void *to, size_t most)
{
	return SSL_read(ssl_of(link), to, int_of(most));
}

ssize_t
tls_write(struct tls_link *link, const void *from, size_t len)
{
	return SSL_write(ssl_of(link), from, int_of(len));
}

bool
tls_has_more(struct tls_link *link)
{
	return SSL_pending(ssl_of(link)) > 0;
}

void
tls_close(struct tls_link *link)
{
	SSL_shutdown(ssl_of(link));
}

void
tls_link_free(struct tls_link *link)
{
	SSL_free(ssl_of(link));
}

void
tls_leave_thread(void)
{
	OPENSSL_thread_stop();
}
