#include "platform.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

#include "tests/unit/packed.h"

void
packed_gzip(struct buf *to, struct span text)
{
	enum { GZIP = 16, HEADER_AND_END = 32 };
	z_stream z = { 0 };
	uLong most;

	assert(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	most = deflateBound(&z, (uLong)text.len) + HEADER_AND_END;
	z.next_in = (Bytef *)(uintptr_t)text.ptr;
	z.avail_in = (uInt)text.len;
	z.next_out = (Bytef *)buf_reserve(to, most);
	z.avail_out = (uInt)most;
	assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
	to->len += most - z.avail_out;
	deflateEnd(&z);
}

void
packed_zstd(struct buf *to, struct span text, bool has_check_sum)
{
	size_t most = ZSTD_compressBound(text.len), made;
	ZSTD_CCtx *context = ZSTD_createCCtx();

	assert(context);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, has_check_sum);
	made = ZSTD_compress2(context, buf_reserve(to, most), most, text.ptr, text.len);
	assert(!ZSTD_isError(made));
	to->len += made;
	ZSTD_freeCCtx(context);
}

#ifdef HAVE_LIBARCHIVE
static la_ssize_t
take_bytes(struct archive *archive, void *ctx, const void *bytes, size_t len)
{
	(void)archive;
	buf_add(ctx, bytes, len);
	return (la_ssize_t)len;
}

void
packed_zip(struct buf *to, const struct packed_member *members, size_t count,
    const char *options, const char *password)
{
	struct archive *archive = archive_write_new();

	assert(archive && archive_write_set_format_zip(archive) == ARCHIVE_OK);
	if (options)
		assert(archive_write_set_options(archive, options) == ARCHIVE_OK);
	if (password)
		assert(archive_write_set_passphrase(archive, password) == ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert(archive_write_open(archive, to, NULL, take_bytes, NULL) == ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();
		bool is_folder = members[i].name[strlen(members[i].name) - 1] == '/';

		archive_entry_set_pathname(entry, members[i].name);
		archive_entry_set_filetype(entry, is_folder ? AE_IFDIR : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)members[i].text.len);
		assert(archive_write_header(archive, entry) == ARCHIVE_OK);
		assert(archive_write_data(archive, members[i].text.ptr, members[i].text.len) ==
		    (la_ssize_t)members[i].text.len);
		archive_entry_free(entry);
	}
	assert(archive_write_close(archive) == ARCHIVE_OK);
	archive_write_free(archive);
}
#endif
