/** Uploads that arrive in chunks and survive interruptions and restarts. */
@NullMarked
package io.verstak.server.blob.resumable;

import org.jspecify.annotations.NullMarked;
