/** Users, devices, credentials and access. */
@NullMarked
package io.verstak.server.account;

import org.jspecify.annotations.NullMarked;
