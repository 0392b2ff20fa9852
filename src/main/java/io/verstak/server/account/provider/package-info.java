/** Sign-in at OpenID Connect providers, and the accounts there that belong to users here. */
@NullMarked
package io.verstak.server.account.provider;

import org.jspecify.annotations.NullMarked;
