/** Attachments: content-addressed files, streamed to disk and hashed on the way. */
@NullMarked
package io.verstak.server.blob;

import org.jspecify.annotations.NullMarked;
