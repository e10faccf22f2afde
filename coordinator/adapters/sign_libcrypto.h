/* The signing port on OpenSSL's libcrypto. */
#ifndef BELAY_ADAPTERS_SIGN_LIBCRYPTO_H
#define BELAY_ADAPTERS_SIGN_LIBCRYPTO_H

#include "ports/sign.h"

struct sign sign_libcrypto(void);

#endif
