/** How signed-in people change their own authenticator apps, recovery codes and passkeys. */
@NullMarked
package io.verstak.server.account.factor.change;

import org.jspecify.annotations.NullMarked;
