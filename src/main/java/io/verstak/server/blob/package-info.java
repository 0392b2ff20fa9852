/** Content-addressed blobs: uploads, downloads, quotas, garbage collection and scrubbing. */
@NullMarked
package io.verstak.server.blob;

import org.jspecify.annotations.NullMarked;
