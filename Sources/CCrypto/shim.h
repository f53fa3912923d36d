#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

/* Macros that Swift does not see. */
static inline int skafka_x509_count(const STACK_OF(X509) * stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}

static inline X509 *skafka_x509_at(const STACK_OF(X509) * stack, int index) {
    return sk_X509_value(stack, index);
}

static inline void skafka_x509_free_all(STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}

static inline unsigned long skafka_rfc2253_flags(void) {
    return XN_FLAG_RFC2253;
}
