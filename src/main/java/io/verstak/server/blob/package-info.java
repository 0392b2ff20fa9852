/** Content-addressed blobs: uploads that stream to disk, stored files, and access to them. */
@NullMarked
package io.verstak.server.blob;

import org.jspecify.annotations.NullMarked;
