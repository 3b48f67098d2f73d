#pragma once

// OpenSSL's libcrypto without linking it: the library is opened by aws_oidc_libcrypto_open, which gives its functions.
// Its headers give types and constants, and names for what they have as macros only.

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

#include <stddef.h>

#define AWS_OIDC_LIBCRYPTO(X)                                                                                          \
    X(BIO_free)                                                                                                        \
    X(BIO_new)                                                                                                         \
    X(BIO_new_mem_buf)                                                                                                 \
    X(BIO_read)                                                                                                        \
    X(BIO_s_mem)                                                                                                       \
    X(BN_bin2bn)                                                                                                       \
    X(BN_bn2binpad)                                                                                                    \
    X(BN_clear_free)                                                                                                   \
    X(BN_free)                                                                                                         \
    X(BN_num_bits)                                                                                                     \
    X(ECDSA_SIG_free)                                                                                                  \
    X(ECDSA_SIG_get0_r)                                                                                                \
    X(ECDSA_SIG_get0_s)                                                                                                \
    X(ECDSA_SIG_new)                                                                                                   \
    X(ECDSA_SIG_set0)                                                                                                  \
    X(ERR_clear_error)                                                                                                 \
    X(EVP_Digest)                                                                                                      \
    X(EVP_DigestSign)                                                                                                  \
    X(EVP_DigestSignInit)                                                                                              \
    X(EVP_DigestVerify)                                                                                                \
    X(EVP_DigestVerifyInit)                                                                                            \
    X(EVP_MD_CTX_free)                                                                                                 \
    X(EVP_MD_CTX_new)                                                                                                  \
    X(EVP_PKEY_CTX_free)                                                                                               \
    X(EVP_PKEY_CTX_new_from_name)                                                                                      \
    X(EVP_PKEY_CTX_new_from_pkey)                                                                                      \
    X(EVP_PKEY_CTX_set_group_name)                                                                                     \
    X(EVP_PKEY_CTX_set_rsa_keygen_bits)                                                                                \
    X(EVP_PKEY_CTX_set_rsa_mgf1_md)                                                                                    \
    X(EVP_PKEY_CTX_set_rsa_padding)                                                                                    \
    X(EVP_PKEY_CTX_set_rsa_pss_saltlen)                                                                                \
    X(EVP_PKEY_free)                                                                                                   \
    X(EVP_PKEY_fromdata)                                                                                               \
    X(EVP_PKEY_fromdata_init)                                                                                          \
    X(EVP_PKEY_generate)                                                                                               \
    X(EVP_PKEY_get_base_id)                                                                                            \
    X(EVP_PKEY_get_bits)                                                                                               \
    X(EVP_PKEY_get_bn_param)                                                                                           \
    X(EVP_PKEY_get_raw_public_key)                                                                                     \
    X(EVP_PKEY_keygen_init)                                                                                            \
    X(EVP_PKEY_new_raw_public_key_ex)                                                                                  \
    X(EVP_PKEY_public_check)                                                                                           \
    X(EVP_sha256)                                                                                                      \
    X(EVP_sha384)                                                                                                      \
    X(EVP_sha512)                                                                                                      \
    X(HMAC)                                                                                                            \
    X(OPENSSL_init_crypto)                                                                                             \
    X(OSSL_PARAM_BLD_free)                                                                                             \
    X(OSSL_PARAM_BLD_new)                                                                                              \
    X(OSSL_PARAM_BLD_push_BN)                                                                                          \
    X(OSSL_PARAM_BLD_push_octet_string)                                                                                \
    X(OSSL_PARAM_BLD_push_utf8_string)                                                                                 \
    X(OSSL_PARAM_BLD_to_param)                                                                                         \
    X(OSSL_PARAM_free)                                                                                                 \
    X(PEM_read_bio_PrivateKey)                                                                                         \
    X(PEM_write_bio_PrivateKey)                                                                                        \
    X(PEM_write_bio_PrivateKey_traditional)                                                                            \
    X(RAND_bytes)                                                                                                      \
    X(d2i_ECDSA_SIG)                                                                                                   \
    X(i2d_ECDSA_SIG)

/// The functions of libcrypto that are used here, each under its own name.
typedef struct aws_oidc_libcrypto {
#define AWS_OIDC_FIELD(name) __typeof__(&name) _Nonnull name;
    AWS_OIDC_LIBCRYPTO(AWS_OIDC_FIELD)
#undef AWS_OIDC_FIELD
} aws_oidc_libcrypto;

#pragma clang assume_nonnull begin

/// Opens the library of that file name and prepares it; 0, or what is wrong with it in `reason`.
///
/// It is not for several threads at once.
int aws_oidc_libcrypto_open(const char *name, aws_oidc_libcrypto *functions, char *reason, size_t reason_size);

// OSSL_PARAM_BLD keeps the pointer of a name, so that a name must live for ever: a Swift string would dangle.
static const char *const aws_oidc_param_rsa_n = OSSL_PKEY_PARAM_RSA_N;
static const char *const aws_oidc_param_rsa_e = OSSL_PKEY_PARAM_RSA_E;
static const char *const aws_oidc_param_group = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *const aws_oidc_param_public = OSSL_PKEY_PARAM_PUB_KEY;
static const char *const aws_oidc_param_ec_x = OSSL_PKEY_PARAM_EC_PUB_X;
static const char *const aws_oidc_param_ec_y = OSSL_PKEY_PARAM_EC_PUB_Y;
static const char *const aws_oidc_group_p256 = "P-256";
static const char *const aws_oidc_group_p384 = "P-384";
static const char *const aws_oidc_group_p521 = "P-521";

static inline int aws_oidc_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }

#pragma clang assume_nonnull end
