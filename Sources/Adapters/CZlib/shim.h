#pragma once
#include <zlib.h>

// inflateInit2 and deflateInit2 are macros, which Swift cannot call. 15 + 16 window bits: the gzip format.

static inline int aws_oidc_gzip_deflate_init(z_stream *_Nonnull stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int aws_oidc_gzip_inflate_init(z_stream *_Nonnull stream) { return inflateInit2(stream, 15 + 16); }
