/** The files of blobs: temporary files, hashes, fsync, and the folders in which stored blobs lie. */
@NullMarked
package io.verstak.server.blob.file;

import org.jspecify.annotations.NullMarked;
