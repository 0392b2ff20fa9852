/** Event streams that tell open pages that their figures have changed. */
@NullMarked
package io.verstak.server.http.live;

import org.jspecify.annotations.NullMarked;
