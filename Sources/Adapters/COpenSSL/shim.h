#pragma once

// OpenSSL 3 for Swift: its headers, and names for what it has as macros only. No logic beyond typing.

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// OSSL_PARAM_BLD keeps the pointer of a name, so that a name must live for ever: a Swift string would dangle.
static const char *_Nonnull const aws_oidc_param_rsa_n = OSSL_PKEY_PARAM_RSA_N;
static const char *_Nonnull const aws_oidc_param_rsa_e = OSSL_PKEY_PARAM_RSA_E;
static const char *_Nonnull const aws_oidc_param_group = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *_Nonnull const aws_oidc_param_public = OSSL_PKEY_PARAM_PUB_KEY;
static const char *_Nonnull const aws_oidc_param_ec_x = OSSL_PKEY_PARAM_EC_PUB_X;
static const char *_Nonnull const aws_oidc_param_ec_y = OSSL_PKEY_PARAM_EC_PUB_Y;
static const char *_Nonnull const aws_oidc_group_p256 = "P-256";
static const char *_Nonnull const aws_oidc_group_p384 = "P-384";
static const char *_Nonnull const aws_oidc_group_p521 = "P-521";

static inline int aws_oidc_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }

static inline int aws_oidc_bignum_bytes(const BIGNUM *_Nonnull number) { return BN_num_bytes(number); }

// No handler at exit: a request that still runs when the process ends must not find the library gone. No configuration
// file: a token's signature means the same on every machine.
static inline void aws_oidc_openssl_init(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}
