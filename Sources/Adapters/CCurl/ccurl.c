#include "CCurl.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(X)                                                                                                   \
    X(curl_global_init)                                                                                                \
    X(curl_easy_init)                                                                                                  \
    X(curl_easy_cleanup)                                                                                               \
    X(curl_easy_setopt)                                                                                                \
    X(curl_easy_getinfo)                                                                                               \
    X(curl_easy_strerror)                                                                                              \
    X(curl_slist_append)                                                                                               \
    X(curl_slist_free_all)                                                                                             \
    X(curl_multi_init)                                                                                                 \
    X(curl_multi_cleanup)                                                                                              \
    X(curl_multi_add_handle)                                                                                           \
    X(curl_multi_remove_handle)                                                                                        \
    X(curl_multi_perform)                                                                                              \
    X(curl_multi_poll)                                                                                                 \
    X(curl_multi_wakeup)                                                                                               \
    X(curl_multi_info_read)                                                                                            \
    X(curl_multi_strerror)

struct table {
#define FIELD(name) __typeof__(&name) name;
    FUNCTIONS(FIELD)
#undef FIELD
};

static struct table curl;

int aws_oidc_curl_open(const char *name, char *reason, size_t reason_size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *error = dlerror();
        snprintf(reason, reason_size, "%s", error != NULL ? error : name);
        return -1;
    }
    struct table found;
#define RESOLVE(function)                                                                                              \
    found.function = (__typeof__(found.function))dlsym(library, #function);                                            \
    if (found.function == NULL) {                                                                                      \
        snprintf(reason, reason_size, "%s is too old: it has no " #function, name);                                    \
        dlclose(library);                                                                                              \
        return -1;                                                                                                     \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    CURLcode code = found.curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) {
        snprintf(reason, reason_size, "%s: %s", name, found.curl_easy_strerror(code));
        return -1;
    }
    curl = found;
    return 0;
}

CURL *aws_oidc_curl_easy_init(void) { return curl.curl_easy_init(); }

void aws_oidc_curl_easy_cleanup(CURL *easy) { curl.curl_easy_cleanup(easy); }

const char *aws_oidc_curl_easy_strerror(CURLcode code) { return curl.curl_easy_strerror(code); }

CURLcode aws_oidc_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl.curl_easy_setopt(easy, option, value);
}

CURLcode aws_oidc_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl.curl_easy_setopt(easy, option, value);
}

CURLcode aws_oidc_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl.curl_easy_setopt(easy, option, value);
}

CURLcode aws_oidc_curl_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl.curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : curl.curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

CURLcode aws_oidc_curl_set_error_buffer(CURL *easy, char *buffer) {
    return curl.curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode aws_oidc_curl_set_body_sink(CURL *easy, aws_oidc_curl_sink sink, void *owner) {
    CURLcode code = curl.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, sink);
    return code != CURLE_OK ? code : curl.curl_easy_setopt(easy, CURLOPT_WRITEDATA, owner);
}

CURLcode aws_oidc_curl_set_header_sink(CURL *easy, aws_oidc_curl_sink sink, void *owner) {
    CURLcode code = curl.curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, sink);
    return code != CURLE_OK ? code : curl.curl_easy_setopt(easy, CURLOPT_HEADERDATA, owner);
}

// These options are younger than the oldest header that this builds with; their numbers never change.
static const CURLoption prereq_function = (CURLoption)(CURLOPTTYPE_FUNCTIONPOINT + 312);
static const CURLoption prereq_data = (CURLoption)(CURLOPTTYPE_OBJECTPOINT + 313);
static const CURLoption quick_exit = (CURLoption)(CURLOPTTYPE_LONG + 322);

CURLcode aws_oidc_curl_set_gate(CURL *easy, aws_oidc_curl_gate gate, void *owner) {
    CURLcode code = curl.curl_easy_setopt(easy, prereq_function, gate);
    return code != CURLE_OK ? code : curl.curl_easy_setopt(easy, prereq_data, owner);
}

CURLcode aws_oidc_curl_leave_lookups_behind(CURL *easy) { return curl.curl_easy_setopt(easy, quick_exit, 1L); }

static int close_on_exec(void *owner, curl_socket_t socket, curlsocktype purpose) {
    (void)owner;
    (void)purpose;
    return fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

CURLcode aws_oidc_curl_close_sockets_on_exec(CURL *easy) {
    return curl.curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, close_on_exec);
}

long aws_oidc_curl_status(CURL *easy) {
    long status = 0;
    curl.curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

struct curl_slist *aws_oidc_curl_list_append(struct curl_slist *list, const char *text) {
    return curl.curl_slist_append(list, text);
}

void aws_oidc_curl_list_free(struct curl_slist *list) { curl.curl_slist_free_all(list); }

CURLM *aws_oidc_curl_multi_init(void) { return curl.curl_multi_init(); }

void aws_oidc_curl_multi_cleanup(CURLM *multi) { curl.curl_multi_cleanup(multi); }

CURLMcode aws_oidc_curl_multi_add(CURLM *multi, CURL *easy) { return curl.curl_multi_add_handle(multi, easy); }

CURLMcode aws_oidc_curl_multi_remove(CURLM *multi, CURL *easy) { return curl.curl_multi_remove_handle(multi, easy); }

CURLMcode aws_oidc_curl_multi_perform(CURLM *multi) {
    int running = 0;
    return curl.curl_multi_perform(multi, &running);
}

CURLMcode aws_oidc_curl_multi_poll(CURLM *multi, int milliseconds) {
    return curl.curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}

CURLMcode aws_oidc_curl_multi_wakeup(CURLM *multi) { return curl.curl_multi_wakeup(multi); }

const char *aws_oidc_curl_multi_strerror(CURLMcode code) { return curl.curl_multi_strerror(code); }

CURL *aws_oidc_curl_multi_next_done(CURLM *multi, CURLcode *code) {
    int left = 0;
    for (CURLMsg *message; (message = curl.curl_multi_info_read(multi, &left)) != NULL;) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
