/** Limits on attempts: buckets by address and account, and the throttle of wrong passwords. */
@NullMarked
package io.verstak.server.auth.limit;

import org.jspecify.annotations.NullMarked;
