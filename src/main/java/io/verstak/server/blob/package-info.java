/** Content-addressed blobs: uploads that stream to disk, their files, and who may read them. */
@NullMarked
package io.verstak.server.blob;

import org.jspecify.annotations.NullMarked;
