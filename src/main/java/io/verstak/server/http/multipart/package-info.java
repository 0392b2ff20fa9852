/** Reads uploads in {@code multipart/form-data} (RFC 7578) as a stream: one part, a file. */
@NullMarked
package io.verstak.server.http.multipart;

import org.jspecify.annotations.NullMarked;
