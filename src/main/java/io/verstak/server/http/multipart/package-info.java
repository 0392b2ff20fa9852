/** {@code multipart/form-data} (RFC 7578) as far as this server takes it: one part, a file, read as a stream. */
@NullMarked
package io.verstak.server.http.multipart;

import org.jspecify.annotations.NullMarked;
