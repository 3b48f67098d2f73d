#pragma once

// Nothing but the way to OpenSSL's headers, for the compiler of COpenSSL.
