@NullMarked
package io.verstak.server.blob.s3;

import org.jspecify.annotations.NullMarked;
