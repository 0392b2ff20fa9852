/** Blobs as objects of an S3 bucket. */
@NullMarked
package io.verstak.server.blob.s3;

import org.jspecify.annotations.NullMarked;
