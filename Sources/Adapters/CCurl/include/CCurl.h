#pragma once

// libcurl without linking it: the library is opened by aws_oidc_curl_open, and each function below calls the one of
// libcurl that it is named for. libcurl's header gives types and constants only.

#define CURL_STRICTER
#define CURL_DISABLE_DEPRECATION
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <stddef.h>

#pragma clang assume_nonnull begin

/// Opens the library of that file name and prepares it; 0, or what is wrong with it in `reason`.
///
/// Every other function may be called only after it gave 0. It is not for several threads at once.
int aws_oidc_curl_open(const char *name, char *reason, size_t reason_size);

CURL *_Nullable aws_oidc_curl_easy_init(void);
void aws_oidc_curl_easy_cleanup(CURL *easy);
const char *aws_oidc_curl_easy_strerror(CURLcode code);

CURLcode aws_oidc_curl_set_number(CURL *easy, CURLoption option, long value);
CURLcode aws_oidc_curl_set_text(CURL *easy, CURLoption option, const char *_Nullable value);
CURLcode aws_oidc_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *_Nullable value);
CURLcode aws_oidc_curl_set_body(CURL *easy, const void *bytes, size_t count);
CURLcode aws_oidc_curl_set_error_buffer(CURL *easy, char *buffer);

typedef size_t (*aws_oidc_curl_sink)(char *bytes, size_t size, size_t count, void *owner);
CURLcode aws_oidc_curl_set_body_sink(CURL *easy, aws_oidc_curl_sink sink, void *owner);
CURLcode aws_oidc_curl_set_header_sink(CURL *easy, aws_oidc_curl_sink sink, void *owner);

/// Called each time that a connection is ready and the request is about to go out; another answer than 0 stops it.
typedef int (*aws_oidc_curl_gate)(
    void *owner, char *_Nullable remote, char *_Nullable local, int remote_port, int local_port);

/// Sets a gate; CURLE_UNKNOWN_OPTION where the library is older than 7.80.
CURLcode aws_oidc_curl_set_gate(CURL *easy, aws_oidc_curl_gate gate, void *owner);

/// Makes the connections' sockets close on exec, so that no child holds them.
CURLcode aws_oidc_curl_close_sockets_on_exec(CURL *easy);

/// Lets a host name lookup that hangs go on alone when its request is over; CURLE_UNKNOWN_OPTION before 7.87.
CURLcode aws_oidc_curl_leave_lookups_behind(CURL *easy);

long aws_oidc_curl_status(CURL *easy);

struct curl_slist *_Nullable aws_oidc_curl_list_append(struct curl_slist *_Nullable list, const char *text);
void aws_oidc_curl_list_free(struct curl_slist *_Nullable list);

CURLM *_Nullable aws_oidc_curl_multi_init(void);
void aws_oidc_curl_multi_cleanup(CURLM *multi);
CURLMcode aws_oidc_curl_multi_add(CURLM *multi, CURL *easy);
CURLMcode aws_oidc_curl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode aws_oidc_curl_multi_perform(CURLM *multi);
CURLMcode aws_oidc_curl_multi_poll(CURLM *multi, int milliseconds);
CURLMcode aws_oidc_curl_multi_wakeup(CURLM *multi);
const char *aws_oidc_curl_multi_strerror(CURLMcode code);

/// The next transfer that is over, and how it ended; NULL where there is none.
CURL *_Nullable aws_oidc_curl_multi_next_done(CURLM *multi, CURLcode *code);

#pragma clang assume_nonnull end
